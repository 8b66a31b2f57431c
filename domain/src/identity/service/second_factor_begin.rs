//! Making the secret of a second factor, which does not count yet.

use serde_json::json;

use crate::identity::error::IdentityError;
use crate::identity::model::NewSecondFactor;
use crate::identity::service::IdentityService;
use crate::identity::service::second_factor::{REFUSED, own};
use crate::identity::store;
use crate::identity::totp::{Secret, no_chance};
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::store::Done;

impl IdentityService {
    /// Makes a secret for the caller's own account and tells it, this once. It counts when a code of it was shown. One that was begun
    /// before is forgotten. Whoever found a telephone that is signed in does not know the password.
    ///
    /// # Errors
    /// [`Failure::Denied`] for whoever has no session; [`IdentityError::InvalidCredentials`] for a wrong password;
    /// [`IdentityError::SecondFactorInForce`]; [`Failure::Overloaded`] after too many wrong ones.
    pub async fn second_factor_begin(
        &self,
        scope: &Scope,
        password: &str,
    ) -> Result<NewSecondFactor, Failure<IdentityError>> {
        let Some((account, session)) = own(scope) else { return Err(Failure::Denied) };
        let (guess, shown) = self.own_password(scope, (account, session), password).await?;
        let mut tx = self.begin_own(scope).await?;
        if shown.is_none() {
            return Err(self
                .refuse_own(tx, account, (REFUSED, "password", IdentityError::InvalidCredentials))
                .await);
        }
        self.give_back_guess(guess).await;
        let row = self.held_own(&tx, (account, session)).await?;
        if row.second_factor_at.is_some() {
            return Err(Failure::user("", IdentityError::SecondFactorInForce));
        }
        let secret = Secret::random().ok_or_else(no_chance)?;
        store::begin_factor(&tx, account, &secret).await?;
        let name = format!("{}@{}", row.login, store::tenant_code(&tx).await?);
        tx.audit("second_factor.begin", &account, json!({}));
        tx.commit(Done { id: account.uuid(), version: row.version }).await?;
        Ok(NewSecondFactor { secret: secret.text(), uri: secret.uri(&self.settings().issuer, &name) })
    }
}
