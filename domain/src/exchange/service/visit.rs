//! A partner says what its return visit brought (回访).

use crate::cases::{Case, ReturnVisitCase, Seen};
use crate::exchange::command::PartnerVisit;
use crate::exchange::error::ExchangeError;
use crate::exchange::model::Partner;
use crate::exchange::service::{Answer, ExchangeService};
use crate::kernel::scope::Scope;

impl ExchangeService {
    /// Writes a return visit down, as [`crate::cases::CaseService::return_visit`] does.
    ///
    /// # Errors
    /// `NOT_FOUND`, and what the case says.
    pub async fn visit(&self, scope: &Scope, partner: &Partner, command: PartnerVisit) -> Answer<Case> {
        let case = self.ticket(scope, partner, &command.number).await?;
        let command = ReturnVisitCase {
            seen: Seen { case: case.id, version: None, values: vec![], attachments: vec![] },
            channel: command.channel,
            contact: command.contact,
            rating: command.rating,
            note: command.note,
        };
        let visited = self.cases.return_visit(scope, command).await;
        visited.map_err(|failure| failure.map(ExchangeError::from))
    }
}
