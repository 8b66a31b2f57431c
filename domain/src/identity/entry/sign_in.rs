//! Signing in with a password.

use fengqiao_entity::identity::credential;
use serde_json::json;
use tracing::Instrument as _;

use crate::identity::command::SignIn;
use crate::identity::entry::second_factor::Opening;
use crate::identity::entry::{bare, parts};
use crate::identity::error::IdentityError;
use crate::identity::model::SessionTokens;
use crate::identity::password::{PasswordDigest, Verdict};
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::kernel::bucket::Bucket;
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, SessionId, TenantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::store::{CredentialRow, Done, StoreError, Tx};

/// What a password is shown for.
pub(super) struct Shown<'a> {
    /// Login and code of the tenant; nothing for what is no account's name.
    pub(super) parts: Option<(&'a str, &'a str)>,
    /// The tenant with this code.
    pub(super) tenant: Option<TenantId>,
    /// What the account has.
    pub(super) credential: Option<CredentialRow>,
}

/// An account whose password was shown.
struct Right {
    /// What it had when somebody looked.
    credential: CredentialRow,
    /// Before that.
    asked_at: Timestamp,
    /// How the password was right.
    verdict: Verdict,
    /// Whose place in the hashing pool it took.
    whose: Option<Bucket>,
}

impl IdentityService {
    /// Opens a session for `login@district`.
    ///
    /// An unknown account, a wrong password and a disabled account give one answer after one time, and so many of
    /// them in a time: passwords are not guessed here. Whoever guesses keeps nobody else out for long, and nobody at
    /// all whose device the account knows. An account that is changed while its password is looked at is not let in either.
    /// A password that must be changed opens a session together with a new one.
    ///
    /// # Errors
    /// [`IdentityError::InvalidCredentials`]; [`IdentityError::SecondFactorRequired`] and [`IdentityError::InvalidCode`] where
    /// the account has a second factor; [`IdentityError::PasswordChangeRequired`] and [`IdentityError::PasswordLapsed`]; what is wrong
    /// with the new password; [`Failure::Overloaded`] when too many passwords were shown for the account or
    /// from the address, or too many wait to be checked.
    #[expect(
        clippy::disallowed_methods,
        reason = "it is waited for, and ends with some hashes when nobody waits any more"
    )]
    pub async fn sign_in(
        &self,
        asked: &SignIn,
        request_id: &str,
    ) -> Result<SessionTokens, Failure<IdentityError>> {
        if mutant::active(Mutant::HungUp) {
            return self.attempt(asked, request_id).await;
        }
        let (service, asked, request_id) = (self.clone(), asked.clone(), request_id.to_owned());
        let attempt = async move { service.attempt(&asked, &request_id).await };
        match tokio::spawn(attempt.in_current_span()).await {
            Ok(outcome) => outcome,
            Err(broken) => Err(StoreError::Internal(broken.to_string()).into()),
        }
    }

    /// Signing in, in a task of its own: whoever hangs up meanwhile has shown what they showed all the same, and is given back what it
    /// does not cost all the same.
    async fn attempt(
        &self,
        asked: &SignIn,
        request_id: &str,
    ) -> Result<SessionTokens, Failure<IdentityError>> {
        let refused = || Failure::user("", IdentityError::InvalidCredentials);
        let right = self.look_at(asked, request_id).await?.ok_or_else(refused)?;
        self.open_for(asked, &right, request_id).await?.ok_or_else(refused)
    }

    /// The account, if the password is right and it is active.
    async fn look_at(
        &self,
        asked: &SignIn,
        request_id: &str,
    ) -> Result<Option<Right>, Failure<IdentityError>> {
        let asked_at = self.db().now();
        let shown = self.shown_for(&asked.account).await?;
        let taken = self.admit(asked, &shown, request_id).await?;
        let hash = shown.credential.as_ref().and_then(|row| row.password_hash.as_deref());
        let verdict = match self.passwords().verify(taken.whose(), &asked.password, hash).await {
            Ok(verdict) => verdict,
            Err(failure) => {
                self.give_back(taken.of_what_was_not_looked_at()).await;
                return Err(failure);
            }
        };
        let tenant = shown.tenant;
        let known = shown.credential.as_ref().map(|row| AccountId::from_uuid(row.account_id));
        let active = shown.credential.filter(|row| row.state == "active" && verdict != Verdict::Wrong);
        let Some(credential) = active else {
            self.note_refusal(tenant, known, request_id).await?;
            return Ok(None);
        };
        let whose = taken.whose().cloned();
        self.give_back(taken.of_what_was_right()).await;
        Ok(Some(Right { credential, asked_at, verdict, whose }))
    }

    /// Opens a session for an account that is still what it was when its password was looked at.
    async fn open_for(
        &self,
        asked: &SignIn,
        right: &Right,
        request_id: &str,
    ) -> Result<Option<SessionTokens>, Failure<IdentityError>> {
        let tenant = TenantId::from_uuid(right.credential.tenant_id);
        let account = AccountId::from_uuid(right.credential.account_id);
        let scope = bare(tenant, Some(account), None, request_id);
        let stronger = self.stronger(&asked.password, right).await?;
        let guess = self.admit_code(asked, &right.credential, request_id).await?;
        let new = match self.wanted(asked, (&scope, account), right).await {
            Ok(new) => new,
            Err(failure) => {
                self.give_back_code(guess).await;
                return Err(failure);
            }
        };
        let tx = self.begin_bare(&scope).await?;
        let Some(present) = unchanged(&tx, right).await? else {
            drop(tx);
            self.note_refusal(Some(tenant), Some(account), request_id).await?;
            return Ok(None);
        };
        if let Some((old, new)) = stronger {
            store::rehash(&tx, account, old, new).await?;
        }
        self.open_with_code(tx, Opening { asked, present, new, guess }).await.map(Some)
    }

    /// What becomes of the new password, if there is one. It is not looked at for whoever lacks a code: they would learn which the account
    /// had before.
    async fn wanted(
        &self,
        asked: &SignIn,
        (scope, account): (&Scope, AccountId),
        right: &Right,
    ) -> Result<Option<Result<PasswordDigest, IdentityError>>, Failure<IdentityError>> {
        let Some(text) = &asked.new_password else { return Ok(None) };
        let row = store::account_row(&*self.db().reader(scope).tx().await?, account).await?;
        let coded = asked.second_factor_code.is_some();
        if !coded && row.is_none_or(|row| row.second_factor_at.is_some()) {
            return Ok(None);
        }
        self.new_password(scope, (account, right.whose.as_ref()), text).await.map(Some)
    }

    /// What a password is shown for. The tenant is found whether or not the account is, so that nothing of what
    /// follows depends on it.
    pub(super) async fn shown_for<'a>(&self, account: &'a str) -> Result<Shown<'a>, StoreError> {
        let parts = parts(account);
        let (tenant, credential) = match parts {
            Some((login, code)) => {
                (self.db().lookup_tenant(code).await?, self.db().lookup_credential(code, login).await?)
            }
            None => (None, None),
        };
        let tenant = tenant.map(|row| TenantId::from_uuid(row.tenant_id));
        Ok(Shown { parts, tenant, credential })
    }

    /// A hash of today's strength in place of a weaker one. Where too many wait it is the next time's to do.
    async fn stronger<'a>(
        &self,
        password: &str,
        right: &'a Right,
    ) -> Result<Option<(&'a str, String)>, Failure<IdentityError>> {
        match (right.verdict, right.credential.password_hash.as_deref()) {
            (Verdict::RightButWeak, Some(old)) if !mutant::active(Mutant::WeakHashes) => {
                match self.passwords().hash(password).await {
                    Ok(new) => Ok(Some((old, new.hash))),
                    Err(Failure::Overloaded { .. }) => Ok(None),
                    Err(failure) => Err(failure),
                }
            }
            _ => Ok(None),
        }
    }

    /// Audits a refused sign-in where a tenant can be told. What was typed as a login is not kept:
    /// people type passwords there.
    async fn note_refusal(
        &self,
        tenant: Option<TenantId>,
        known: Option<AccountId>,
        request_id: &str,
    ) -> Result<(), StoreError> {
        let Some(tenant) = tenant else { return Ok(()) };
        let target = known.map_or_else(|| "unknown".to_owned(), |account| account.to_string());
        let mut tx = self.begin_bare(&bare(tenant, None, None::<SessionId>, request_id)).await?;
        tx.audit("session.refuse", &target, json!({ "method": "password" }));
        tx.commit(Done { id: tenant.uuid(), version: 1 }).await.map(drop)
    }
}

/// The password of an account, if it is still the one that was shown, the account is active, and nobody ended its sessions since. It is held:
/// whoever does one of these waits, and then ends this session too.
async fn unchanged(tx: &Tx, right: &Right) -> Result<Option<credential::Model>, StoreError> {
    let id = AccountId::from_uuid(right.credential.account_id);
    if mutant::active(Mutant::StaleLook) {
        return store::credential(tx, id).await;
    }
    let Some(account) = store::held_account_row(tx, id).await? else { return Ok(None) };
    let present = store::credential(tx, id).await?;
    let same = |row: &credential::Model| right.credential.password_hash.as_ref() == Some(&row.password_hash);
    let untouched = account.state == "active" && account.sessions_from < right.asked_at;
    Ok(present.filter(|row| untouched && same(row)))
}
