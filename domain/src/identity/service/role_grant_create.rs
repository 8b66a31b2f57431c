//! Granting a role.

use crate::identity::command::GrantRole;
use crate::identity::error::IdentityError;
use crate::identity::granting;
use crate::identity::model::RoleGrant;
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::RoleGrantId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};

impl IdentityService {
    /// Grants a role to an account, never beyond the caller's own scope and never to the caller.
    ///
    /// # Errors
    /// [`Failure::Denied`] without [`Permission::GrantManage`]; [`IdentityError::GrantExceedsScope`],
    /// [`IdentityError::GrantToSelf`], [`IdentityError::AdministratorsSeparated`]; what is wrong with
    /// the values.
    pub async fn role_grant_create(
        &self,
        scope: &Scope,
        command: GrantRole,
    ) -> Result<RoleGrant, Failure<IdentityError>> {
        if !scope.permits(Permission::GrantManage) {
            return Err(Failure::Denied);
        }
        let mut tx = match self.db().begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.grant_again(scope, RoleGrantId::from_uuid(done.id)).await,
        };
        let grant = granting::give(&mut tx, command).await?;
        tx.commit(Done { id: grant.id.uuid(), version: grant.version }).await?;
        self.cache().drop_account(scope.tenant(), grant.account);
        Ok(grant)
    }

    /// The grant that an earlier use of the key made or changed.
    pub(super) async fn grant_again(
        &self,
        scope: &Scope,
        id: RoleGrantId,
    ) -> Result<RoleGrant, Failure<IdentityError>> {
        let tx = self.db().reader(scope).tx().await?;
        store::grant_by_id(&tx, id).await?.ok_or_else(|| Failure::user("", IdentityError::NotFound))
    }
}
