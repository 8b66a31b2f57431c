//! Revoking a role grant.

use crate::identity::error::IdentityError;
use crate::identity::granting;
use crate::identity::model::RoleGrant;
use crate::identity::service::IdentityService;
use crate::kernel::failure::Failure;
use crate::kernel::id::RoleGrantId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};

impl IdentityService {
    /// Revokes a grant: whoever could give it may take it. Revoking it again changes nothing.
    ///
    /// # Errors
    /// [`Failure::Denied`] without [`Permission::GrantManage`]; [`IdentityError::NotFound`];
    /// [`IdentityError::NotPermitted`].
    pub async fn role_grant_revoke(
        &self,
        scope: &Scope,
        id: RoleGrantId,
    ) -> Result<RoleGrant, Failure<IdentityError>> {
        if !scope.permits(Permission::GrantManage) {
            return Err(Failure::Denied);
        }
        let mut tx = match self.db().begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.grant_again(scope, RoleGrantId::from_uuid(done.id)).await,
        };
        let now = tx.now();
        let grant = granting::end(&mut tx, id, now).await?;
        tx.commit(Done { id: id.uuid(), version: grant.version }).await?;
        self.cache().drop_account(scope.tenant(), grant.account);
        Ok(grant)
    }
}
