//! Take back the leave to read this tenant.

use serde_json::json;

use crate::identity::dismiss;
use crate::kernel::id::OversightGrantId;
use crate::kernel::scope::Scope;
use crate::oversight::error::told;
use crate::oversight::model::{OversightGrant, OversightState};
use crate::oversight::service::{Answer, OversightService, found, permit};
use crate::oversight::store;
use crate::store::{Begun, Done};

impl OversightService {
    /// Takes a leave back: whoever came by it is out at once, and comes no more. One that was taken back stays as it is. Needs
    /// `OVERSIGHT_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn grant_revoke(&self, scope: &Scope, id: OversightGrantId) -> Answer<OversightGrant> {
        permit(scope)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.done_before(scope, done).await,
        };
        let grant = found(store::held(&tx, id).await?)?;
        if grant.state == OversightState::Revoked {
            tx.commit(Done { id: id.uuid(), version: grant.version }).await?;
            return Ok(grant);
        }
        dismiss(&mut tx, (grant.account, grant.role_grant), self.db.now()).await.map_err(told)?;
        store::revoke(&tx, id).await?;
        tx.audit("oversight_grant.revoke", &id, json!({ "account": grant.account.to_string() }));
        let revoked = found(store::by_id(&tx, id).await?)?;
        tx.commit(Done { id: id.uuid(), version: revoked.version }).await?;
        self.identity.forget(scope.tenant(), grant.account);
        Ok(revoked)
    }
}
