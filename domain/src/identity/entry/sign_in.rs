//! Signing in with a password.

use serde_json::json;

use crate::identity::entry::{bare, opened_by, parts};
use crate::identity::error::IdentityError;
use crate::identity::model::SessionTokens;
use crate::identity::password::Verdict;
use crate::identity::service::IdentityService;
use crate::identity::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, SessionId, TenantId};
use crate::store::{CredentialRow, Done, StoreError};

impl IdentityService {
    /// Opens a session for `login@district`.
    ///
    /// An unknown account, a wrong password and a disabled account give one answer after one time.
    ///
    /// # Errors
    /// [`IdentityError::InvalidCredentials`]; [`Failure::Overloaded`] when too many passwords wait to be
    /// checked.
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
