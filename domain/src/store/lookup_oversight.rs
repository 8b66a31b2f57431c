//! What oversight asks of another tenant than the caller's: who was given leave by whom, and whether a session at home still counts.
//!
//! As in `lookup.rs`: on PostgreSQL each is a listed function of the lookup role.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use sqlx::FromRow;
use uuid::Uuid;

use crate::kernel::id::{AccountId, SessionId, TenantId};
use crate::store::db::Pools;
use crate::store::{Db, StoreError, Tx};

/// A leave that somebody was given by another tenant.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct OfferedRow {
    /// Bare id of the oversight grant.
    pub(crate) id: Uuid,
    /// Bare id of the tenant that gave it.
    pub(crate) tenant_id: Uuid,
    /// Bare id of the account that they have there.
    pub(crate) account_id: Uuid,
    /// Code of that tenant.
    pub(crate) code: String,
    /// Its name.
    pub(crate) name: String,
    /// First instant, in microseconds.
    pub(crate) since_at: i64,
    /// First instant after it.
    pub(crate) until_at: i64,
}

/// Somebody of another tenant.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct OverseerRow {
    /// Bare id of their tenant.
    pub(crate) tenant_id: Uuid,
    /// Their login there.
    pub(crate) login: String,
    /// State of their account.
    pub(crate) state: String,
}

/// A session at home and its account, as far as they decide whether it counts; instants in microseconds.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct HomeRow {
    pub(crate) created_at: i64,
    pub(crate) expires_at: i64,
    pub(crate) revoked_at: Option<i64>,
    pub(crate) sessions_from: i64,
    pub(crate) state: String,
    /// When the account was given its password; none where it has none.
    pub(crate) changed_at: Option<i64>,
}

impl Db {
    /// The account with an id within the tenant with this code.
    pub(crate) async fn lookup_overseer(
        &self,
        tenant_code: &str,
        account: AccountId,
    ) -> Result<Option<OverseerRow>, StoreError> {
        Ok(match self.pools() {
            Pools::Postgres { app, .. } => {
                sqlx::query_as("SELECT * FROM lookup_overseer($1, $2)")
                    .bind(tenant_code)
                    .bind(account.uuid())
                    .fetch_optional(app)
                    .await?
            }
            Pools::Sqlite { readers, .. } => {
                sqlx::query_as(
                    "SELECT a.tenant_id, a.login, a.state FROM tenants t \
                     JOIN accounts a ON a.tenant_id = t.tenant_id AND a.id = $2 WHERE t.code = $1 AND t.state = 'open'",
                )
                .bind(tenant_code)
                .bind(account.uuid())
                .fetch_optional(readers)
                .await?
            }
        })
    }
}

/// Both are asked on the transaction's own connection: one that waits for another connection while it holds one would have everybody wait
/// when there are no more.
impl Tx {
    /// What was offered to somebody by other tenants and not taken back, past and to come.
    pub(crate) async fn lookup_oversight(&self, account: AccountId) -> Result<Vec<OfferedRow>, StoreError> {
        let sqlite = "SELECT o.id, o.tenant_id, o.account_id, t.code, t.name, o.since_at, o.until_at \
             FROM oversight_grants o JOIN tenants t ON t.tenant_id = o.tenant_id \
             WHERE o.home_tenant_id = $1 AND o.home_account_id = $2 AND o.revoked_at IS NULL AND t.state = 'open'";
        let named = [self.scope().tenant().uuid(), account.uuid()];
        self.looked_up(["SELECT * FROM lookup_oversight($1, $2)", sqlite], named).await
    }

    /// A session of an account of another tenant.
    pub(crate) async fn lookup_home(
        &self,
        tenant: TenantId,
        account: AccountId,
        session: SessionId,
    ) -> Result<Option<HomeRow>, StoreError> {
        let sqlite = "SELECT s.created_at, s.expires_at, s.revoked_at, a.sessions_from, a.state, c.changed_at \
             FROM sessions s JOIN accounts a ON a.tenant_id = s.tenant_id AND a.id = s.account_id \
             JOIN tenants t ON t.tenant_id = s.tenant_id AND t.state = 'open' \
             LEFT JOIN credentials c ON c.tenant_id = s.tenant_id AND c.account_id = s.account_id \
             WHERE s.tenant_id = $1 AND s.account_id = $2 AND s.id = $3";
        let named = [tenant.uuid(), account.uuid(), session.uuid()];
        Ok(self.looked_up(["SELECT * FROM lookup_home($1, $2, $3)", sqlite], named).await?.pop())
    }

    /// What a lookup function gives on PostgreSQL, and its own statement on SQLite.
    #[expect(clippy::disallowed_methods, reason = "a lookup function has no query-builder form")]
    async fn looked_up<T: FromQueryResult, const N: usize>(
        &self,
        [postgres, sqlite]: [&str; 2],
        named: [Uuid; N],
    ) -> Result<Vec<T>, StoreError> {
        let wire = self.wire();
        let backend = wire.get_database_backend();
        let sql = if backend == DbBackend::Postgres { postgres } else { sqlite };
        let named = named.map(sea_orm::Value::from);
        let rows = wire.query_all_raw(Statement::from_sql_and_values(backend, sql, named)).await?;
        Ok(rows.iter().map(|row| T::from_query_result(row, "")).collect::<Result<_, _>>()?)
    }
}
