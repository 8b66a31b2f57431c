//! Ending a session: signing out.

use serde_json::json;

use crate::identity::error::IdentityError;
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::identity::telling::session_ended;
use crate::kernel::failure::Failure;
use crate::kernel::id::SessionId;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};

impl IdentityService {
    /// Ends one of the caller's own sessions; without one named, the session they act in. Its tokens are
    /// refused from then on. Ending it again changes nothing.
    ///
    /// # Errors
    /// [`IdentityError::NotFound`] for a session that is not the caller's; [`Failure::Denied`] for whoever only reads, of another one than theirs.
    pub async fn session_revoke(
        &self,
        scope: &Scope,
        session: Option<SessionId>,
    ) -> Result<SessionId, Failure<IdentityError>> {
        let unknown = || Failure::user("sessionId", IdentityError::NotFound);
        let Some(account) = scope.account() else { return Err(Failure::Denied) };
        let id = session.or(scope.session()).ok_or_else(unknown)?;
        // Whoever only reads ends the session in which they do, and leaves nothing else.
        if scope.reads_only() && Some(id) != scope.session() {
            return Err(Failure::Denied);
        }
        let own = if scope.reads_only() { &scope.without_grants() } else { scope };
        let mut tx = match self.db().begin(own).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return Ok(SessionId::from_uuid(done.id)),
        };
        if store::session(&tx, id).await?.is_none() {
            return Err(unknown());
        }
        if store::end_session(&tx, id, tx.now()).await? {
            tx.audit("session.revoke", &id, json!({}));
            session_ended(&mut tx, account, id.uuid());
        }
        tx.commit(Done { id: id.uuid(), version: 1 }).await?;
        self.cache().drop_account(scope.tenant(), account);
        Ok(id)
    }
}
