//! Ending every session of somebody else: their telephone was lost, or a token of theirs was seen elsewhere.

use serde_json::json;

use crate::identity::administered::covers;
use crate::identity::error::IdentityError;
use crate::identity::model::Account;
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::identity::telling::{Changed, access_changed};
use crate::kernel::failure::Failure;
use crate::kernel::id::AccountId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, StoreError};

impl IdentityService {
    /// Ends every session of an account, which stays active and may sign in again. Their devices are not known to it any
    /// more.
    ///
    /// Whoever does it must cover everything the account holds or will hold. The separated administrators are not excepted:
    /// nobody is shut out by it.
    ///
    /// # Errors
    /// [`Failure::Denied`] without [`Permission::GrantManage`]; [`IdentityError::NotFound`];
    /// [`IdentityError::NotPermitted`].
    pub async fn account_sign_out(
        &self,
        scope: &Scope,
        id: AccountId,
    ) -> Result<Account, Failure<IdentityError>> {
        if !scope.permits(Permission::GrantManage) {
            return Err(Failure::Denied);
        }
        let mut tx = match self.db().begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.account_again(scope, AccountId::from_uuid(done.id)).await,
        };
        if store::account_row(&tx, id).await?.is_none() {
            return Err(Failure::user("accountId", IdentityError::NotFound));
        }
        let mut grants = store::grants_of(&tx, &[id]).await?;
        grants.retain(|grant| grant.until.is_none_or(|until| until > tx.now()));
        if !covers(&tx, Permission::GrantManage, &grants).await? {
            return Err(Failure::user("accountId", IdentityError::NotPermitted));
        }
        store::sign_account_out(&tx, id, tx.now()).await?;
        tx.audit("account.sign_out", &id, json!({}));
        let account = store::accounts(&tx, &[id]).await?.pop();
        let account = account.ok_or_else(|| StoreError::corrupt("accounts", "id", id))?;
        let (version, name) = (account.version, "account.signed_out");
        access_changed(&mut tx, id, Changed { aggregate: "account", id: id.uuid(), version, name });
        tx.commit(Done { id: id.uuid(), version: account.version }).await?;
        self.cache().drop_account(scope.tenant(), id);
        Ok(account)
    }
}
