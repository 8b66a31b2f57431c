//! Letting a second factor count from now on.

use fengqiao_entity::identity::account;
use serde_json::json;

use crate::identity::error::IdentityError;
use crate::identity::service::IdentityService;
use crate::identity::service::second_factor::{REFUSED, own};
use crate::identity::store;
use crate::identity::telling::{Changed, access_changed};
use crate::identity::totp::{RECOVERY_CODES, Secret, no_chance, recovery_code, typed};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, SessionId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::store::{Done, StoreError, Tx};

impl IdentityService {
    /// Lets what was begun count when a code of it is shown, and tells recovery codes, this once. Nobody else's word opens one any more, and every other session of the account ends:
    /// it was opened with the password alone.
    ///
    /// # Errors
    /// [`Failure::Denied`] for whoever has no session; [`IdentityError::NotFound`] when nothing was begun;
    /// [`IdentityError::SecondFactorInForce`]; [`IdentityError::InvalidCode`]; [`Failure::Overloaded`] after too many wrong ones.
    pub async fn second_factor_confirm(
        &self,
        scope: &Scope,
        code: &str,
    ) -> Result<Vec<String>, Failure<IdentityError>> {
        let Some((account, session)) = own(scope) else { return Err(Failure::Denied) };
        let guess = self.admit_guess(scope.tenant(), session.to_string()).await?;
        let mut tx = self.begin_own(scope).await?;
        let (row, secret) = match self.begun(&tx, (account, session)).await {
            Ok(begun) => begun,
            Err(failure) => {
                self.give_back_guess(guess).await;
                return Err(failure);
            }
        };
        let Some(step) = secret.step_of(&typed(code), tx.now(), 0) else {
            return Err(self.refuse_own(tx, account, (REFUSED, "code", IdentityError::InvalidCode)).await);
        };
        let (codes, digests) = recovery_codes(&tx, account)?;
        store::confirm_factor(&tx, account, step, digests).await?;
        let ended = if mutant::active(Mutant::EarlierSessions) {
            vec![]
        } else {
            store::end_sessions(&tx, &row, Some(session)).await?
        };
        // Nobody's word stands for the code, and none comes to life again when the factor is gone.
        store::end_externals(&tx, account).await?;
        tx.audit("second_factor.confirm", &account, json!({ "sessions": ended.len() }));
        let (version, name) = (row.version + 1, "account.second_factor_confirmed");
        access_changed(&mut tx, account, Changed { aggregate: "account", id: account.uuid(), version, name });
        tx.commit(Done { id: account.uuid(), version }).await?;
        self.cache().drop_account(scope.tenant(), account);
        self.give_back_guess(guess).await;
        Ok(codes)
    }
}

impl IdentityService {
    /// The account, held, and the secret that was begun for it: what an administrator ended is none, and what ended the session meanwhile
    /// ended this too.
    async fn begun(
        &self,
        tx: &Tx,
        (id, session): (AccountId, SessionId),
    ) -> Result<(account::Model, Secret), Failure<IdentityError>> {
        let row = self.held_own(tx, (id, session)).await?;
        if row.second_factor_at.is_some() {
            return Err(Failure::user("", IdentityError::SecondFactorInForce));
        }
        let factor = store::factor(tx, id).await?.filter(|factor| factor.confirmed_at.is_none());
        let secret = factor.map(|factor| store::secret(tx, &factor)).transpose()?.flatten();
        Ok((row, secret.ok_or_else(|| Failure::user("", IdentityError::NotFound))?))
    }
}

/// New recovery codes, and their digests one after the other.
fn recovery_codes(tx: &Tx, id: AccountId) -> Result<(Vec<String>, Vec<u8>), StoreError> {
    let codes: Option<Vec<String>> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
    let codes = codes.ok_or_else(no_chance)?;
    let digests = codes.iter().map(|code| store::recovery_digest(tx, id, &typed(code)));
    let digests: Vec<Vec<u8>> = digests.collect::<Result<_, _>>()?;
    Ok((codes, digests.concat()))
}
