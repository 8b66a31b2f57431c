//! Signing in with a password.

use aws_lc_rs::digest;
use serde_json::json;

use crate::identity::entry::{bare, opened_by, parts};
use crate::identity::error::IdentityError;
use crate::identity::model::SessionTokens;
use crate::identity::password::Verdict;
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::kernel::bucket::{Bucket, Limited};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, SessionId, TenantId};
use crate::kernel::mutant::{self, Mutant};
use crate::store::{CredentialRow, Done, StoreError};

impl IdentityService {
    /// Opens a session for `login@district`.
    ///
    /// An unknown account, a wrong password and a disabled account give one answer after one time, and so many of
    /// them in a time, whoever asks: passwords are not guessed here, and nobody stays locked out for long.
    ///
    /// # Errors
    /// [`IdentityError::InvalidCredentials`]; [`Failure::Overloaded`] when too many passwords were shown for the account,
    /// or too many wait to be checked.
    pub async fn sign_in(
        &self,
        account: &str,
        password: &str,
        request_id: &str,
    ) -> Result<SessionTokens, Failure<IdentityError>> {
        let parts = parts(account);
        let found = match parts {
            Some((login, code)) => self.db().lookup_credential(code, login).await?,
            None => None,
        };
        self.admit(parts, found.as_ref()).await?;
        let hash = found.as_ref().and_then(|row| row.password_hash.as_deref());
        let verdict = self.passwords().verify(password, hash).await?;
        let active = found.filter(|row| row.state == "active" && verdict != Verdict::Wrong);
        let Some(row) = active else {
            self.note_refusal(account, request_id).await?;
            return Err(Failure::user("", IdentityError::InvalidCredentials));
        };
        let account = AccountId::from_uuid(row.account_id);
        let scope = bare(TenantId::from_uuid(row.tenant_id), Some(account), None, request_id);
        let stronger = self.stronger(password, &row, verdict).await?;
        let tx = self.begin_bare(&scope).await?;
        if let Some((old, new)) = stronger {
            store::rehash(&tx, account, old, new).await?;
        }
        self.open_session(tx, account, opened_by("password")).await
    }

    /// Counts a password that is shown for an account. An account that is none is counted like one.
    async fn admit(
        &self,
        parts: Option<(&str, &str)>,
        found: Option<&CredentialRow>,
    ) -> Result<(), Failure<IdentityError>> {
        let (tenant, whose) = match (parts, found) {
            (_, Some(row)) => {
                (Some(TenantId::from_uuid(row.tenant_id)), AccountId::from_uuid(row.account_id).to_string())
            }
            (Some((login, code)), None) => (None, unknown(login, code)),
            (None, None) => return Ok(()),
        };
        let bucket = Bucket { limited: Limited::SignIn, tenant, whose };
        match self.buckets().take(&bucket, self.settings().sign_in, self.db().now()).await {
            Err(wait) if !mutant::active(Mutant::NoSignInLimit) => {
                metrics::counter!("fengqiao_limited_total", "limit" => "sign_in").increment(1);
                let seconds = wait.as_millis().div_ceil(1_000);
                Err(Failure::Overloaded { retry_after_seconds: u32::try_from(seconds).unwrap_or(u32::MAX) })
            }
            _ => Ok(()),
        }
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
    async fn note_refusal(&self, account: &str, request_id: &str) -> Result<(), StoreError> {
        let Some((login, code)) = parts(account) else { return Ok(()) };
        let Some(tenant) = self.db().lookup_tenant(code).await? else { return Ok(()) };
        let known = self.db().lookup_credential(code, login).await?;
        let target = known
            .map_or_else(|| "unknown".to_owned(), |row| AccountId::from_uuid(row.account_id).to_string());
        let mut tx = self
            .begin_bare(&bare(TenantId::from_uuid(tenant.tenant_id), None, None::<SessionId>, request_id))
            .await?;
        tx.audit("session.refuse", &target, json!({ "method": "password" }));
        tx.commit(Done { id: tenant.tenant_id, version: 1 }).await.map(drop)
    }
}

/// Names an account that is none: a digest, for people type passwords as logins.
fn unknown(login: &str, code: &str) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in [login, "@", code] {
        context.update(part.as_bytes());
    }
    hex::encode(&context.finish().as_ref()[..16])
}
