//! Disabling an account.

use serde_json::json;

use crate::identity::administered::covers;
use crate::identity::error::IdentityError;
use crate::identity::model::Account;
use crate::identity::service::{IdentityService, acting};
use crate::identity::store;
use crate::identity::telling::{Changed, access_changed};
use crate::kernel::failure::Failure;
use crate::kernel::id::AccountId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, StoreError, Tx};

impl IdentityService {
    /// Disables an account and ends its sessions. Disabling it again changes nothing.
    ///
    /// Whoever does it must cover everything the account holds or will hold: a town's administrator cannot
    /// disable someone who holds a post in another town or in the district, nor an account that holds
    /// nothing. A separated administrator is not disabled before the role is revoked, which is another
    /// one's to do: alone, none of them shuts out the others. Nobody disables themselves.
    ///
    /// # Errors
    /// [`Failure::Denied`] without [`Permission::AccountManage`]; [`IdentityError::NotFound`];
    /// [`IdentityError::NotPermitted`].
    pub async fn account_disable(
        &self,
        scope: &Scope,
        id: AccountId,
    ) -> Result<Account, Failure<IdentityError>> {
        if !scope.permits(Permission::AccountManage) {
            return Err(Failure::Denied);
        }
        let mut tx = match self.db().begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.account_again(scope, AccountId::from_uuid(done.id)).await,
        };
        if store::account_row(&tx, id).await?.is_none() {
            return Err(Failure::user("accountId", IdentityError::NotFound));
        }
        if acting(&tx) == Some(id) || !covers_all(&tx, id).await? {
            return Err(Failure::user("accountId", IdentityError::NotPermitted));
        }
        let disabled = store::disable_account(&tx, id, tx.now()).await?;
        if disabled {
            tx.audit("account.disable", &id, json!({}));
        }
        let account = store::accounts(&tx, &[id]).await?.pop();
        let account = account.ok_or_else(|| StoreError::corrupt("accounts", "id", id))?;
        if disabled {
            let version = account.version;
            let name = "account.disabled";
            access_changed(&mut tx, id, Changed { aggregate: "account", id: id.uuid(), version, name });
        }
        tx.commit(Done { id: id.uuid(), version: account.version }).await?;
        self.cache().drop_account(scope.tenant(), id);
        Ok(account)
    }
}

/// Whether the caller's grants that manage accounts cover every target the account holds a role at.
async fn covers_all(tx: &Tx, id: AccountId) -> Result<bool, StoreError> {
    let mut grants = store::grants_of(tx, &[id]).await?;
    grants.retain(|grant| grant.until.is_none_or(|until| until > tx.now()));
    if grants.iter().any(|grant| grant.role.is_separated()) && !mutant::active(Mutant::NoMutualProtection) {
        return Ok(tx.scope().is_system());
    }
    covers(tx, Permission::AccountManage, &grants).await
}
