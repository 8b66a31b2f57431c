//! Revoking a role grant.

use serde_json::json;

use crate::identity::error::IdentityError;
use crate::identity::limit::Wanted;
use crate::identity::model::RoleGrant;
use crate::identity::resolve::{self, CategoryTree};
use crate::identity::service::{IdentityService, may_grant};
use crate::identity::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::RoleGrantId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, StoreError, Tx};

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
        let Some(grant) = store::grant_by_id(&tx, id).await? else {
            return Err(Failure::user("roleGrantId", IdentityError::NotFound));
        };
        if !may_take(&tx, &grant).await? {
            return Err(Failure::user("roleGrantId", IdentityError::NotPermitted));
        }
        if store::revoke_grant(&tx, id, tx.now()).await? {
            let facts = json!({ "account": grant.account.to_string(), "role": grant.role.key() });
            tx.audit("role_grant.revoke", &id, facts);
        }
        let grant = store::grant_by_id(&tx, id).await?;
        let grant = grant.ok_or_else(|| StoreError::corrupt("role_grants", "id", id))?;
        tx.commit(Done { id: id.uuid(), version: grant.version }).await?;
        self.cache().drop_account(scope.tenant(), grant.account);
        Ok(grant)
    }
}

async fn may_take(tx: &Tx, grant: &RoleGrant) -> Result<bool, StoreError> {
    let Some(target) = resolve::target(tx, grant.target).await? else { return Ok(false) };
    let categories = if grant.categories.is_empty() {
        None
    } else {
        Some(CategoryTree::load(tx).await?.below(&grant.categories))
    };
    let wanted = Wanted {
        extent: &target.extent,
        permissions: grant.role.permissions(),
        categories: categories.as_ref(),
        ceiling: grant.ceiling,
    };
    may_grant(tx, &wanted).await
}
