//! Going to read a district, by its leave.

use crate::identity::{SessionTokens, Visit};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, OversightGrantId, TenantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::oversight::error::{OversightError, told};
use crate::oversight::service::{Answer, OversightService};

impl OversightService {
    /// Opens a session in the district that gave the caller this leave: by it they read, and change nothing. It lasts no longer than the leave and
    /// than the caller's own session. An idempotency key means nothing: each coming is written down, at home and there.
    ///
    /// # Errors
    /// [`Failure::Denied`] for programs, and for whoever is not at home themselves; `NOT_FOUND` when there is no such leave for them, or not now.
    pub async fn enter(&self, scope: &Scope, id: OversightGrantId) -> Answer<SessionTokens> {
        let none = || Failure::user("oversightGrantId", OversightError::NotFound);
        let Some(account) = scope.account() else { return Err(Failure::Denied) };
        let now = self.db.now();
        let offered = self.db.reader(scope).tx().await?.lookup_oversight(account).await?;
        let until = |at| Timestamp(if mutant::active(Mutant::EndlessLeave) { i64::MAX } else { at });
        let mut lasting = offered.into_iter().filter(|row| {
            OversightGrantId::from_uuid(row.id) == id
                && Timestamp(row.since_at) <= now
                && now < until(row.until_at)
        });
        let row = lasting.next().ok_or_else(none)?;
        let home = self.identity.set_out(scope, id, &row.code).await.map_err(told)?;
        let visit = Visit {
            tenant: TenantId::from_uuid(row.tenant_id),
            account: AccountId::from_uuid(row.account_id),
            grant: id,
            until: until(row.until_at),
        };
        let opened = self.identity.open_visit(home, visit, scope.request_id()).await.map_err(told)?;
        opened.ok_or_else(none)
    }
}
