//! What a partner of Open311 may report, and its reports.

use crate::exchange::command::Ticket;
use crate::exchange::error::ExchangeError;
use crate::exchange::model::{Partner, Received};
use crate::exchange::offer::{self, OpenService};
use crate::exchange::service::{Answer, ExchangeService, permit};
use crate::kernel::failure::Failure;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;

impl ExchangeService {
    /// What may be reported, with what is asked of tickets that come in as this partner's do. Needs `EXCHANGE_MANAGE`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn open_services(&self, scope: &Scope, partner: &Partner) -> Answer<Vec<OpenService>> {
        permit(scope)?;
        let reader = self.db.reader(scope);
        Ok(offer::offered(&*reader.tx().await?, partner.source).await?)
    }

    /// Takes in what a partner of Open311 reports, if its matter is offered. Needs `CASE_REPORT`, as a system of the district.
    ///
    /// # Errors
    /// `UNKNOWN_CATEGORY`, and as [`ExchangeService::receive`].
    pub async fn receive_open(
        &self,
        scope: &Scope,
        partner: &Partner,
        (ticket, body): (&Ticket, &[u8]),
    ) -> Answer<Received> {
        if !scope.permits(Permission::CaseReport) {
            return Err(Failure::Denied);
        }
        let offered = self.open_services(scope, partner).await?;
        let is_offered = |code: &str| offered.iter().any(|service| service.code == code);
        let theirs = ticket.category.as_deref().unwrap_or_default();
        let ours = partner.mapping.category(theirs, is_offered).filter(|code| is_offered(code));
        let ours = ours.ok_or_else(|| Failure::user("category", ExchangeError::UnknownCategory))?;
        self.receive_as(scope, partner, (ticket, body), Some(ours)).await
    }
}
