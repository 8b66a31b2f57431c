//! The caller's own password: whether it was shown, and what takes its place.

use fengqiao_entity::identity::{account, credential};

use crate::identity::entry::{Guess, is_live};
use crate::identity::error::IdentityError;
use crate::identity::model::PasswordStanding;
use crate::identity::password::{PasswordDigest, Verdict, WantedPassword};
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::kernel::bucket::{Bucket, Limited};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, SessionId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::store::{Reader, StoreError, Tx};

impl IdentityService {
    /// When the caller's password was set, and until when it counts; none for whoever has none.
    ///
    /// # Errors
    /// [`Failure::Denied`] for the system, which is nobody.
    pub async fn password(
        &self,
        scope: &Scope,
        reader: &Reader,
    ) -> Result<Option<PasswordStanding>, Failure<IdentityError>> {
        let Some(id) = scope.account() else { return Err(Failure::Denied) };
        let tx = reader.tx().await?;
        let Some(row) = store::credential(&tx, id).await? else { return Ok(None) };
        let due_at = match self.settings().password.due(row.changed_at) {
            Some(_) if self.is_program(&tx, id).await? => None,
            due => due,
        };
        Ok(Some(PasswordStanding { changed_at: row.changed_at, due_at }))
    }

    /// The caller's password, if this is it, and the guess that it took of the session's. It is shown in the places, and at the cost, of one
    /// that is shown on a device of the account's; where none was looked at nothing is taken.
    pub(super) async fn own_password(
        &self,
        scope: &Scope,
        (account, session): (AccountId, SessionId),
        password: &str,
    ) -> Result<(Guess, Option<credential::Model>), Failure<IdentityError>> {
        let guess = self.admit_guess(scope.tenant(), session.to_string()).await?;
        match self.looked_up(scope, account, password).await {
            Ok(shown) => Ok((guess, shown)),
            Err(failure) => {
                self.give_back_guess(guess).await;
                Err(failure)
            }
        }
    }

    async fn looked_up(
        &self,
        scope: &Scope,
        account: AccountId,
        password: &str,
    ) -> Result<Option<credential::Model>, Failure<IdentityError>> {
        let row = store::credential(&*self.db().reader(scope).tx().await?, account).await?;
        let hash = row.as_ref().map(|row| row.password_hash.as_str());
        let whose = self.admit_own(scope.tenant(), account).await?;
        match self.passwords().verify(Some(&whose), password, hash).await {
            Ok(verdict) => Ok(row.filter(|_| verdict != Verdict::Wrong)),
            Err(failure) => {
                self.buckets().give_back(&whose, self.settings().sign_in.account, self.db().now()).await;
                Err(failure)
            }
        }
    }

    /// What a new password of an account is kept as, if it may be one, in a place of `whose`. The scope is the account's own.
    pub(in crate::identity) async fn new_password(
        &self,
        scope: &Scope,
        (account, whose): (AccountId, Option<&Bucket>),
        text: &str,
    ) -> Result<Result<PasswordDigest, IdentityError>, Failure<IdentityError>> {
        let rules = self.settings().password;
        let tx = self.db().reader(scope).tx().await?;
        let row = store::account_row(&tx, account).await?;
        let row = row.ok_or_else(|| StoreError::corrupt("accounts", "id", account))?;
        let mut known = store::known_of(&tx, &row)?;
        known.push(store::tenant_code(&tx).await?);
        let used = match store::credential(&tx, account).await? {
            // What somebody gave is none of those that are kept.
            Some(used) => store::last_hashes(&used, rules.kept + usize::from(used.given_at.is_some()))?,
            None => vec![],
        };
        drop(tx);
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        self.passwords().accept(whose, WantedPassword::of(text, rules, &known).unlike(used)).await
    }

    /// The caller's account, held, if the session that they act in still counts: what ended it meanwhile ended this too.
    pub(in crate::identity) async fn held_own(
        &self,
        tx: &Tx,
        (account, session): (AccountId, SessionId),
    ) -> Result<account::Model, Failure<IdentityError>> {
        let row = store::held_account_row(tx, account).await?;
        let row = row.ok_or_else(|| StoreError::corrupt("accounts", "id", account))?;
        let session = store::session(tx, session).await?;
        let lives = session.is_some_and(|session| is_live(&session, &row, self.db().now()));
        if lives || mutant::active(Mutant::EndedSession) { Ok(row) } else { Err(Failure::Denied) }
    }
}

/// Whose places in the hashing pool a password takes that is shown by whoever is signed in.
pub(super) fn own_places(scope: &Scope, account: AccountId) -> Bucket {
    Bucket { limited: Limited::Known, tenant: Some(scope.tenant()), whose: account.to_string() }
}
