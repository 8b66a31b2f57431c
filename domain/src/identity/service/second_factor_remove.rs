//! Doing without a second factor again.

use serde_json::json;

use crate::identity::error::IdentityError;
use crate::identity::proving::{Proof, prove};
use crate::identity::service::IdentityService;
use crate::identity::service::second_factor::{REFUSED, own};
use crate::identity::store;
use crate::identity::telling::{Changed, access_changed};
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::store::{Done, StoreError};

impl IdentityService {
    /// Removes the caller's second factor, for the password and a code; a recovery code is one. Where their roles want one, they hold
    /// these no more until there is another.
    ///
    /// # Errors
    /// [`Failure::Denied`] for whoever has no session; [`IdentityError::InvalidCredentials`], [`IdentityError::InvalidCode`];
    /// [`IdentityError::NotFound`] when there is none; [`Failure::Overloaded`] after too many wrong ones.
    pub async fn second_factor_remove(
        &self,
        scope: &Scope,
        password: &str,
        code: &str,
    ) -> Result<(), Failure<IdentityError>> {
        let Some((account, session)) = own(scope) else { return Err(Failure::Denied) };
        let (guess, shown) = self.own_password(scope, (account, session), password).await?;
        let mut tx = self.begin_own(scope).await?;
        if shown.is_none() {
            return Err(self
                .refuse_own(tx, account, (REFUSED, "password", IdentityError::InvalidCredentials))
                .await);
        }
        self.held_own(&tx, (account, session)).await?;
        match prove(&tx, account, Some(code)).await? {
            Proof::Code | Proof::RecoveryCode => {}
            Proof::NotAsked => {
                self.give_back_guess(guess).await;
                return Err(Failure::user("", IdentityError::NotFound));
            }
            Proof::Missing | Proof::Wrong => {
                return Err(self
                    .refuse_own(tx, account, (REFUSED, "code", IdentityError::InvalidCode))
                    .await);
            }
        }
        store::remove_factor(&tx, account).await?;
        tx.audit("second_factor.remove", &account, json!({}));
        let row = store::account_row(&tx, account).await?;
        let row = row.ok_or_else(|| StoreError::corrupt("accounts", "id", account))?;
        let (version, name) = (row.version, "account.second_factor_removed");
        access_changed(&mut tx, account, Changed { aggregate: "account", id: account.uuid(), version, name });
        tx.commit(Done { id: account.uuid(), version }).await?;
        self.cache().drop_account(scope.tenant(), account);
        self.give_back_guess(guess).await;
        Ok(())
    }
}
