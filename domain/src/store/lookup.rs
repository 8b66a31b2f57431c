//! What must be found before a scope exists: a tenant by code, a credential, a refresh token, whom a provider means,
//! another system.
//!
//! On PostgreSQL these are the listed SECURITY DEFINER functions of a role of their own; the
//! application role itself reads nothing without a scope.

use sqlx::FromRow;
use uuid::Uuid;

use crate::store::db::Pools;
use crate::store::{Db, StoreError};

/// A tenant as it is found by its code.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct TenantRow {
    /// Bare id.
    pub(crate) tenant_id: Uuid,
    /// Six-digit code.
    pub(crate) code: String,
    /// Name.
    pub(crate) name: String,
    /// `district` or `platform`.
    pub(crate) kind: String,
}

/// A tenant as the platform knows it, whatever state it is in.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct KnownTenantRow {
    /// The tenant.
    #[sqlx(flatten)]
    pub(crate) tenant: TenantRow,
    /// `open`, `closed`, `erasing` or `erased`.
    pub(crate) state: String,
}

/// What a sign-in is checked against.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct CredentialRow {
    /// Bare id of the tenant.
    pub(crate) tenant_id: Uuid,
    /// Bare id of the account.
    pub(crate) account_id: Uuid,
    /// State of the account.
    pub(crate) state: String,
    /// Argon2id hash in PHC form; absent for an account without a password.
    pub(crate) password_hash: Option<String>,
}

/// Whose refresh token it is.
#[derive(Clone, Debug, FromRow)]
#[expect(clippy::struct_field_names, reason = "named as the lookup function names them")]
pub(crate) struct RefreshRow {
    /// Bare id of the tenant.
    pub(crate) tenant_id: Uuid,
    /// Bare id of the account.
    pub(crate) account_id: Uuid,
    /// Bare id of the session.
    pub(crate) session_id: Uuid,
}

/// Whom a provider means.
#[derive(Clone, Copy, Debug, FromRow)]
pub(crate) struct ExternalRow {
    /// Bare id of the external identity.
    pub(crate) id: Uuid,
    /// Bare id of the account.
    pub(crate) account_id: Uuid,
}

/// Which other system it is, and by whose right it acts.
#[derive(Clone, Debug, FromRow)]
#[expect(clippy::struct_field_names, reason = "named as the lookup function names them")]
pub(crate) struct PartnerRow {
    /// Bare id of the tenant.
    pub(crate) tenant_id: Uuid,
    /// Bare id of the account.
    pub(crate) account_id: Uuid,
    /// Bare id of the system.
    pub(crate) partner_id: Uuid,
}

impl Db {
    /// The system with a key within the tenant with this code.
    pub(crate) async fn lookup_exchange_partner(
        &self,
        tenant_code: &str,
        key: &str,
    ) -> Result<Option<PartnerRow>, StoreError> {
        Ok(match self.pools() {
            Pools::Postgres { app, .. } => {
                sqlx::query_as("SELECT * FROM lookup_exchange_partner($1, $2)")
                    .bind(tenant_code)
                    .bind(key)
                    .fetch_optional(app)
                    .await?
            }
            Pools::Sqlite { readers, .. } => {
                sqlx::query_as(
                    "SELECT p.tenant_id, p.account_id, p.id AS partner_id FROM tenants t \
                     JOIN exchange_partners p ON p.tenant_id = t.tenant_id AND p.key = $2 WHERE t.code = $1 \
                     AND t.state = 'open'",
                )
                .bind(tenant_code)
                .bind(key)
                .fetch_optional(readers)
                .await?
            }
        })
    }

    /// The tenant with this code, as long as it stands open.
    pub(crate) async fn lookup_tenant(&self, code: &str) -> Result<Option<TenantRow>, StoreError> {
        Ok(match self.pools() {
            Pools::Postgres { app, .. } => {
                sqlx::query_as("SELECT * FROM lookup_tenant($1)").bind(code).fetch_optional(app).await?
            }
            Pools::Sqlite { readers, .. } => {
                sqlx::query_as(
                    "SELECT tenant_id, code, name, kind FROM tenants WHERE code = $1 AND state = 'open'",
                )
                .bind(code)
                .fetch_optional(readers)
                .await?
            }
        })
    }

    /// All tenants by code, in whatever state, for platform operators and start-up.
    pub(crate) async fn lookup_tenants(&self) -> Result<Vec<KnownTenantRow>, StoreError> {
        Ok(match self.pools() {
            Pools::Postgres { app, .. } => {
                sqlx::query_as("SELECT * FROM lookup_tenants()").fetch_all(app).await?
            }
            Pools::Sqlite { readers, .. } => {
                sqlx::query_as("SELECT tenant_id, code, name, kind, state FROM tenants ORDER BY code")
                    .fetch_all(readers)
                    .await?
            }
        })
    }

    /// The credential of a login within the tenant with this code.
    pub(crate) async fn lookup_credential(
        &self,
        tenant_code: &str,
        login: &str,
    ) -> Result<Option<CredentialRow>, StoreError> {
        Ok(match self.pools() {
            Pools::Postgres { app, .. } => {
                sqlx::query_as("SELECT * FROM lookup_credential($1, $2)")
                    .bind(tenant_code)
                    .bind(login)
                    .fetch_optional(app)
                    .await?
            }
            Pools::Sqlite { readers, .. } => {
                sqlx::query_as(
                    "SELECT a.tenant_id, a.id AS account_id, a.state, c.password_hash FROM tenants t \
                     JOIN accounts a ON a.tenant_id = t.tenant_id AND a.login = $2 \
                     LEFT JOIN credentials c ON c.tenant_id = a.tenant_id AND c.account_id = a.id WHERE t.code = $1 \
                     AND t.state = 'open'",
                )
                .bind(tenant_code)
                .bind(login)
                .fetch_optional(readers)
                .await?
            }
        })
    }

    /// Whose refresh token hashes to this.
    pub(crate) async fn lookup_refresh(&self, token_hash: &[u8]) -> Result<Option<RefreshRow>, StoreError> {
        Ok(match self.pools() {
            Pools::Postgres { app, .. } => {
                sqlx::query_as("SELECT * FROM lookup_refresh($1)")
                    .bind(token_hash)
                    .fetch_optional(app)
                    .await?
            }
            Pools::Sqlite { readers, .. } => {
                sqlx::query_as(
                    "SELECT tenant_id, account_id, session_id FROM refresh_tokens WHERE token_hash = $1",
                )
                .bind(token_hash)
                .fetch_optional(readers)
                .await?
            }
        })
    }

    /// The external identity that counts, by its blind index at a provider of a tenant.
    pub(crate) async fn lookup_external_identity(
        &self,
        tenant: Uuid,
        provider: Uuid,
        subject: &[u8],
    ) -> Result<Option<ExternalRow>, StoreError> {
        Ok(match self.pools() {
            Pools::Postgres { app, .. } => {
                sqlx::query_as("SELECT * FROM lookup_external_identity($1, $2, $3)")
                    .bind(tenant)
                    .bind(provider)
                    .bind(subject)
                    .fetch_optional(app)
                    .await?
            }
            Pools::Sqlite { readers, .. } => {
                sqlx::query_as(
                    "SELECT id, account_id FROM external_identities \
                     WHERE tenant_id = $1 AND provider_id = $2 AND subject_blind = $3 AND live_slot = 1",
                )
                .bind(tenant)
                .bind(provider)
                .bind(subject)
                .fetch_optional(readers)
                .await?
            }
        })
    }

    /// An external identity of now or of before, by its blind index at a provider of a tenant, whose account is disabled or has no password.
    pub(crate) async fn lookup_kept_identity(
        &self,
        tenant: Uuid,
        provider: Uuid,
        subject: &[u8],
    ) -> Result<Option<ExternalRow>, StoreError> {
        Ok(match self.pools() {
            Pools::Postgres { app, .. } => {
                sqlx::query_as("SELECT * FROM lookup_kept_identity($1, $2, $3)")
                    .bind(tenant)
                    .bind(provider)
                    .bind(subject)
                    .fetch_optional(app)
                    .await?
            }
            Pools::Sqlite { readers, .. } => {
                sqlx::query_as(
                    "SELECT e.id, e.account_id FROM external_identities e \
                     JOIN accounts a ON a.tenant_id = e.tenant_id AND a.id = e.account_id \
                     LEFT JOIN credentials c ON c.tenant_id = e.tenant_id AND c.account_id = e.account_id \
                     WHERE e.tenant_id = $1 AND e.provider_id = $2 AND e.subject_blind = $3 \
                     AND (a.state <> 'active' OR c.account_id IS NULL) LIMIT 1",
                )
                .bind(tenant)
                .bind(provider)
                .bind(subject)
                .fetch_optional(readers)
                .await?
            }
        })
    }
}
