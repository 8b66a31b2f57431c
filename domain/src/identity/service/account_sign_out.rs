//! Ending every session of somebody else: their telephone was lost, or a token of theirs was seen elsewhere.

use serde_json::json;

use crate::identity::entry::bare;
use crate::identity::error::IdentityError;
use crate::identity::model::Account;
use crate::identity::service::IdentityService;
use crate::identity::service::account_disable::held_by_covered;
use crate::identity::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::AccountId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, StoreError, WriteTx};

impl IdentityService {
    /// Ends every session of an account, which stays active and may sign in again. Their devices are not known to it any
    /// more, nor does a mini-program on them let anybody in.
    ///
    /// Whoever does it must cover everything the account holds or will hold. The separated administrators are not excepted:
    /// whoever has a password is not shut out by it.
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
        held_by_covered(&tx, Permission::GrantManage, id).await?;
        store::sign_account_out(&tx, id, self.ended_at(&tx)).await?;
        tx.audit("account.sign_out", &id, json!({}));
        self.unlinked(&mut tx, scope, id).await?;
        self.shut_out(tx, id, Some("account.signed_out")).await
    }

    /// Ends by whose word others sign in as an account.
    pub(super) async fn unlinked(
        &self,
        tx: &mut WriteTx,
        scope: &Scope,
        id: AccountId,
    ) -> Result<(), StoreError> {
        // As the account itself: nobody else's scope reaches whom others know it as.
        tx.act_in(&bare(scope.tenant(), Some(id), None, scope.request_id())).await?;
        store::end_externals(tx, id).await?;
        tx.act_in(scope).await
    }
}
