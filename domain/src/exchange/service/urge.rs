//! A partner asks for haste with its ticket (催单).

use crate::cases::{Case, NoteCase, Seen};
use crate::exchange::command::Urging;
use crate::exchange::error::ExchangeError;
use crate::exchange::model::Partner;
use crate::exchange::service::{Answer, ExchangeService};
use crate::kernel::scope::Scope;

impl ExchangeService {
    /// Asks for haste with the case of a ticket, as [`crate::cases::CaseService::urge`] does.
    ///
    /// # Errors
    /// `NOT_FOUND`, and what the case says.
    pub async fn urge(&self, scope: &Scope, partner: &Partner, command: Urging) -> Answer<Case> {
        let case = self.ticket(scope, partner, &command.number).await?;
        let seen = Seen { case: case.id, version: None, values: vec![], attachments: vec![] };
        let urged = self.cases.urge(scope, NoteCase { seen, note: command.note }).await;
        urged.map_err(|failure| failure.map(ExchangeError::from))
    }
}
