//! Ending the second factor of somebody who lost the telephone and the recovery codes.

use serde_json::json;

use crate::identity::error::IdentityError;
use crate::identity::model::Account;
use crate::identity::service::account_disable::held_by_covered;
use crate::identity::service::{IdentityService, acting};
use crate::identity::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::AccountId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::Begun;

impl IdentityService {
    /// Ends the second factor of an account and every session of it: it signs in with the password alone and begins another. Who lost it
    /// is recognised by whoever does this, in person.
    ///
    /// Whoever does it must cover everything the account holds or will hold, as for ending its sessions. Nobody does it to themselves:
    /// that would take away what a stolen session lacks.
    ///
    /// # Errors
    /// [`Failure::Denied`] without [`Permission::GrantManage`]; [`IdentityError::NotFound`];
    /// [`IdentityError::NotPermitted`].
    pub async fn account_reset_second_factor(
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
        if acting(&tx) == Some(id) && !mutant::active(Mutant::OwnReset) {
            return Err(Failure::user("accountId", IdentityError::NotPermitted));
        }
        store::end_factor(&tx, id).await?;
        store::sign_account_out(&tx, id, self.ended_at(&tx)).await?;
        tx.audit("account.reset_second_factor", &id, json!({}));
        self.unlinked(&mut tx, scope, id).await?;
        self.shut_out(tx, id, Some("account.second_factor_removed")).await
    }
}
