//! How a scope comes into being: signing in, refreshing, showing an access token.
//!
//! These are the use cases that have no scope to begin with. Whatever they read and write goes through
//! a *bare* scope: one account without any grant, which reaches its own rows only.

mod admission;
mod authenticate;
mod client;
pub(super) mod external;
mod link;
mod new_password;
mod refresh;
mod reset_password;
mod scope_for;
mod second_factor;
mod sign_in;
mod token_for;
mod visit;

use std::sync::Arc;

use serde_json::{Value, json};

use fengqiao_entity::identity::{refresh_token, session};

use crate::identity::error::IdentityError;
use crate::identity::model::SessionTokens;
use crate::identity::password::{PasswordDigest, WantedPassword};
use crate::identity::service::IdentityService;
use crate::identity::token::{AccessGrant, AccessRules, RefreshSecret};
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, SessionId, TenantId, Timestamp};
use crate::kernel::scope::{PlatformScope, Scope, Who};
use crate::store::{Begun, Done, StoreError, Tx, WriteTx};

pub use authenticate::Authenticated;
pub(super) use authenticate::is_live;
pub use link::Linked;
pub(super) use second_factor::Guess;
pub(crate) use visit::Visit;

/// The scope of an account without any grant.
pub(super) fn bare(
    tenant: TenantId,
    account: Option<AccountId>,
    session: Option<SessionId>,
    request_id: &str,
) -> Scope {
    let who = Who { tenant, account, session, held: vec![], system: false, reads_only: false };
    Scope::new(Arc::new(who), request_id)
}

/// `login@district` in its two parts.
fn parts(account: &str) -> Option<(&str, &str)> {
    let (login, code) = account.trim().rsplit_once('@')?;
    (login.len() <= 64 && code.len() <= 12).then_some((login, code))
}

impl IdentityService {
    /// Hashes a password for loading accounts in bulk: it says nothing about anybody.
    ///
    /// # Errors
    /// [`Failure::Overloaded`] when too many passwords wait.
    pub async fn digest(&self, password: &str) -> Result<PasswordDigest, Failure<IdentityError>> {
        self.passwords().hash(password).await
    }

    /// A password that whoever runs the machine gives to somebody of whom this is known.
    ///
    /// # Errors
    /// What is wrong with it; [`Failure::Overloaded`] when too many passwords wait.
    pub async fn first_password(
        &self,
        _platform: &PlatformScope,
        password: &str,
        known: &[&str],
    ) -> Result<PasswordDigest, Failure<IdentityError>> {
        let wanted = WantedPassword::of(password, self.settings().password, known);
        let accepted = self.passwords().accept(None, wanted).await?;
        accepted.map(PasswordDigest::given).map_err(|error| Failure::user("password", error))
    }

    /// The bare scope of the active account `login@district`, on the word of whoever runs the machine.
    async fn named(
        &self,
        platform: &PlatformScope,
        account: &str,
    ) -> Result<(Scope, AccountId), Failure<IdentityError>> {
        let unknown = || Failure::user("account", IdentityError::NotFound);
        let (login, code) = parts(account).ok_or_else(unknown)?;
        let row = self.db().lookup_credential(code, login).await?.ok_or_else(unknown)?;
        if row.state != "active" {
            return Err(Failure::user("account", IdentityError::AccountDisabled));
        }
        let tenant = TenantId::from_uuid(row.tenant_id);
        let account = AccountId::from_uuid(row.account_id);
        let reason = platform.enter(tenant);
        Ok((bare(tenant, Some(account), None, reason.request_id()), account))
    }

    fn rules(&self) -> AccessRules<'_> {
        let settings = self.settings();
        AccessRules {
            issuer: &settings.issuer,
            audience: &settings.audience,
            leeway_seconds: settings.leeway_seconds,
        }
    }

    /// Begins a write in a bare scope, which carries no idempotency key.
    async fn begin_bare(&self, scope: &Scope) -> Result<WriteTx, StoreError> {
        match self.db().begin(scope).await? {
            Begun::Fresh(tx) => Ok(tx),
            Begun::Replay(_) => Err(StoreError::Internal("a bare scope carries no key".to_owned())),
        }
    }

    /// Opens a session and issues its first tokens.
    async fn open_session(
        &self,
        tx: WriteTx,
        account: AccountId,
        how: Value,
    ) -> Result<SessionTokens, Failure<IdentityError>> {
        let row = self.new_session(&tx, account);
        self.opened(tx, row, how).await
    }

    /// A session of an account as it begins.
    fn new_session(&self, tx: &Tx, account: AccountId) -> session::Model {
        session::Model {
            tenant_id: tx.scope().tenant(),
            id: tx.new_id(),
            account_id: account,
            created_at: tx.now(),
            expires_at: tx.now().plus_seconds(self.settings().session_seconds),
            revoked_at: None,
            client_secret_id: None,
            home_tenant_id: None,
            home_account_id: None,
            home_session_id: None,
        }
    }

    /// Keeps a new session and issues its first tokens.
    async fn opened(
        &self,
        mut tx: WriteTx,
        row: session::Model,
        how: Value,
    ) -> Result<SessionTokens, Failure<IdentityError>> {
        tx.insert(row.clone()).await?;
        let secret = issue_refresh(&tx, &row).await?;
        let tokens = self.tokens(&tx, &row, secret)?;
        tx.audit("session.create", &row.id, how);
        tx.commit(Done { id: row.id.uuid(), version: 1 }).await?;
        Ok(tokens)
    }

    /// An access token of a session, together with a refresh token just issued.
    fn tokens(
        &self,
        tx: &Tx,
        session: &session::Model,
        secret: RefreshSecret,
    ) -> Result<SessionTokens, StoreError> {
        let (access_token, expires_at) = self.access_token(tx, session)?;
        Ok(SessionTokens {
            access_token,
            refresh_token: secret.text,
            expires_at,
            session_expires_at: session.expires_at,
            session: session.id,
            account: session.account_id,
        })
    }

    /// An access token of a session, and when it ends.
    fn access_token(&self, tx: &Tx, session: &session::Model) -> Result<(String, Timestamp), StoreError> {
        let expires_at = tx.now().plus_seconds(self.settings().access_ttl_seconds).min(session.expires_at);
        let grant = AccessGrant {
            tenant: session.tenant_id,
            account: session.account_id,
            session: session.id,
            token: tx.new_id::<()>().uuid(),
            issued_at: tx.now(),
            expires_at,
        };
        let signed = self.keys().sign(&self.rules(), &grant);
        let signed = signed.map_err(|fault| StoreError::Internal(fault.to_string()))?;
        Ok((signed, whole_second(expires_at)))
    }
}

/// Tokens count whole seconds.
const fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp(at.0 - at.0.rem_euclid(1_000_000))
}

async fn issue_refresh(tx: &Tx, session: &session::Model) -> Result<RefreshSecret, StoreError> {
    let secret =
        RefreshSecret::random().ok_or_else(|| StoreError::Internal("no random source".to_owned()))?;
    tx.insert(refresh_token::Model {
        tenant_id: session.tenant_id,
        token_hash: secret.hash.clone(),
        session_id: session.id,
        account_id: session.account_id,
        issued_at: tx.now(),
        used_at: None,
        successor_hash: None,
        repeated_at: None,
    })
    .await?;
    Ok(secret)
}

/// What the audit trail says about how a session was opened.
fn opened_by(method: &str) -> Value {
    json!({ "method": method })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_written_login_at_district() {
        assert_eq!(parts("xindi.resident@150302"), Some(("xindi.resident", "150302")));
        assert_eq!(parts(" a@b@150302 "), Some(("a@b", "150302")), "no login holds an @: it is not found");
        for none in ["", "xindi.resident", &format!("{}@150302", "a".repeat(65)), "a@1503021503021"] {
            assert_eq!(parts(none), None, "{none}");
        }
    }

    #[test]
    fn a_bare_scope_may_nothing() {
        let tenant = TenantId::from_uuid(uuid::Uuid::from_u128(1));
        let account = AccountId::from_uuid(uuid::Uuid::from_u128(2));
        let scope = bare(tenant, Some(account), None, "test");
        assert_eq!(scope.permissions().iter().count(), 0);
        assert!(!scope.is_staff() && !scope.is_system());
        assert!(scope.principals().is_empty(), "what was ever theirs is theirs no more");
    }
}
