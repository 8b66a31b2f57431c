//! Signing in with a password.

use serde_json::json;

use crate::identity::command::SignIn;
use crate::identity::entry::{bare, opened_by, parts};
use crate::identity::error::IdentityError;
use crate::identity::model::SessionTokens;
use crate::identity::password::Verdict;
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, SessionId, TenantId};
use crate::store::{CredentialRow, Done, StoreError};

/// What a password is shown for.
pub(super) struct Shown<'a> {
    /// Login and code of the tenant; nothing for what is no account's name.
    pub(super) parts: Option<(&'a str, &'a str)>,
    /// The tenant with this code.
    pub(super) tenant: Option<TenantId>,
    /// What the account has.
    pub(super) credential: Option<CredentialRow>,
}

impl IdentityService {
    /// Opens a session for `login@district`.
    ///
    /// An unknown account, a wrong password and a disabled account give one answer after one time, and so many of
    /// them in a time: passwords are not guessed here. Whoever guesses keeps nobody else out for long, and nobody at
    /// all whose device the account knows. A right password costs nothing.
    ///
    /// # Errors
    /// [`IdentityError::InvalidCredentials`]; [`Failure::Overloaded`] when too many passwords were shown for the account or
    /// from the address, or too many wait to be checked.
    pub async fn sign_in(
        &self,
        asked: &SignIn,
        request_id: &str,
    ) -> Result<SessionTokens, Failure<IdentityError>> {
        let shown = self.shown_for(&asked.account).await?;
        let taken = self.admit(asked, &shown, request_id).await?;
        let hash = shown.credential.as_ref().and_then(|row| row.password_hash.as_deref());
        let verdict = self.passwords().verify(&asked.password, hash).await?;
        let active =
            shown.credential.as_ref().filter(|row| row.state == "active" && verdict != Verdict::Wrong);
        let Some(row) = active else {
            self.note_refusal(&shown, request_id).await?;
            return Err(Failure::user("", IdentityError::InvalidCredentials));
        };
        self.give_back(taken).await;
        let account = AccountId::from_uuid(row.account_id);
        let scope = bare(TenantId::from_uuid(row.tenant_id), Some(account), None, request_id);
        let stronger = self.stronger(&asked.password, row, verdict).await?;
        let tx = self.begin_bare(&scope).await?;
        if let Some((old, new)) = stronger {
            store::rehash(&tx, account, old, new).await?;
        }
        self.open_session(tx, account, opened_by("password")).await
    }

    /// What a password is shown for. The tenant is found whether or not the account is, so that nothing of what
    /// follows depends on it.
    async fn shown_for<'a>(&self, account: &'a str) -> Result<Shown<'a>, StoreError> {
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

    /// A hash of today's strength in place of a weaker one.
    async fn stronger<'a>(
        &self,
        password: &str,
        row: &'a CredentialRow,
        verdict: Verdict,
    ) -> Result<Option<(&'a str, String)>, Failure<IdentityError>> {
        match (verdict, row.password_hash.as_deref()) {
            (Verdict::RightButWeak, Some(old)) => Ok(Some((old, self.passwords().hash(password).await?.0))),
            _ => Ok(None),
        }
    }

    /// Audits a refused sign-in where a tenant can be told. What was typed as a login is not kept:
    /// people type passwords there.
    async fn note_refusal(&self, shown: &Shown<'_>, request_id: &str) -> Result<(), StoreError> {
        let Some(tenant) = shown.tenant else { return Ok(()) };
        let known = shown.credential.as_ref().map(|row| AccountId::from_uuid(row.account_id).to_string());
        let target = known.unwrap_or_else(|| "unknown".to_owned());
        let mut tx = self.begin_bare(&bare(tenant, None, None::<SessionId>, request_id)).await?;
        tx.audit("session.refuse", &target, json!({ "method": "password" }));
        tx.commit(Done { id: tenant.uuid(), version: 1 }).await.map(drop)
    }
}
