//! Ending every session but one: signing out everywhere else.

use serde_json::json;

use crate::identity::error::IdentityError;
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::identity::telling::session_ended;
use crate::kernel::failure::Failure;
use crate::kernel::id::SessionId;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, StoreError};

impl IdentityService {
    /// Ends the caller's own sessions but for one; without one named, but for the session they act in. Their tokens are
    /// refused from then on. Doing it again changes nothing.
    ///
    /// # Errors
    /// [`IdentityError::NotFound`] for a session that is not the caller's.
    pub async fn session_revoke_others(
        &self,
        scope: &Scope,
        kept: Option<SessionId>,
    ) -> Result<SessionId, Failure<IdentityError>> {
        let unknown = || Failure::user("keptSessionId", IdentityError::NotFound);
        let Some(account) = scope.account() else { return Err(Failure::Denied) };
        let kept = kept.or(scope.session()).ok_or_else(unknown)?;
        let mut tx = match self.db().begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return Ok(SessionId::from_uuid(done.id)),
        };
        if store::session(&tx, kept).await?.is_none() {
            return Err(unknown());
        }
        let row = store::account_row(&tx, account).await?;
        let row = row.ok_or_else(|| StoreError::corrupt("accounts", "id", account))?;
        let ended = store::end_sessions(&tx, &row, Some(kept)).await?;
        if let Some(one) = ended.first() {
            tx.audit("session.revoke_others", &account, json!({ "sessions": ended.len() }));
            // One event for all of them: whoever hears it forgets the account, whichever session it remembers.
            session_ended(&mut tx, account, one.uuid());
        }
        tx.commit(Done { id: kept.uuid(), version: 1 }).await?;
        self.cache().drop_account(scope.tenant(), account);
        Ok(kept)
    }
}
