//! What a tenant that leaves holds, read out and removed row by row: by the owner of the tables, in whatever table there is.
//!
//! On PostgreSQL policies show the owner the rows of tenants that are closed, and let it remove those of one that is being erased; the
//! application has a right for neither. On SQLite the states are asked here.

mod catalogue;
mod reading;
mod removing;

use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Pool, Postgres, Sqlite};

use crate::kernel::id::{TenantId, Timestamp};
use crate::store::db::Pools;
use crate::store::{Db, StoreError};

pub use catalogue::LeavingTable;
pub use reading::{LeavingRow, UNREADABLE};
pub use removing::Rewrite;

/// Writes of the application that were begun before so many seconds, and are not over.
const LONG: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user \
     AND backend_xid IS NOT NULL AND xact_start < now() - make_interval(secs => $1)";
const OWNS: &str = "SELECT pg_has_role(current_user, 'fengqiao_owner', 'USAGE')";
const CLOSED_AT: &str = "SELECT closed_at FROM tenants WHERE tenant_id = $1";
/// Longest wait for a lock that somebody else holds; statements here may last.
const LOCK_TIMEOUT: &str = "10s";

/// Reads out and removes what a tenant holds.
#[derive(Debug)]
pub struct Leaving {
    db: Db,
    owner: Owner,
}

#[derive(Debug)]
enum Owner {
    Postgres(Pool<Postgres>),
    Sqlite { readers: Pool<Sqlite>, writer: Pool<Sqlite> },
}

impl Db {
    /// How many writes were begun before so many seconds and are not over: of any district, for they do not say of which. SQLite has one writer,
    /// and whoever asks came after it.
    pub(crate) async fn long_writes(&self, seconds: i64) -> Result<i64, StoreError> {
        let Pools::Postgres { app, .. } = self.pools() else { return Ok(0) };
        #[expect(clippy::cast_precision_loss, reason = "seconds since a district was closed")]
        let seconds = seconds as f64;
        Ok(sqlx::query_scalar(LONG).bind(seconds).fetch_one(app).await?)
    }
}

impl Leaving {
    /// Over a store; on PostgreSQL with the address of the owner of its tables.
    ///
    /// # Errors
    /// [`StoreError::Internal`] for an address that is none; [`StoreError::Unavailable`] when nobody answers there.
    pub async fn open(db: Db, owner_url: &str) -> Result<Self, StoreError> {
        let owner = match db.pools() {
            Pools::Sqlite { readers, writer } => {
                Owner::Sqlite { readers: readers.clone(), writer: writer.clone() }
            }
            Pools::Postgres { .. } => {
                let options = PgConnectOptions::from_str(owner_url)
                    .map_err(|error| StoreError::Internal(error.to_string()))?
                    .application_name("fengqiao district")
                    .options([("statement_timeout", "0"), ("lock_timeout", LOCK_TIMEOUT), ("jit", "off")]);
                Owner::Postgres(PgPoolOptions::new().max_connections(1).connect_with(options).await?)
            }
        };
        Ok(Self { db, owner })
    }

    /// Whether these are the tables of the store, seen by the role that owns them: the row of a closed tenant says so, by the instant at which
    /// it was closed.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn sees(&self, tenant: TenantId, closed_at: Timestamp) -> Result<bool, StoreError> {
        let Owner::Postgres(pool) = &self.owner else { return Ok(true) };
        let owns: bool = sqlx::query_scalar(OWNS).fetch_one(pool).await?;
        let there: Option<Option<i64>> =
            sqlx::query_scalar(CLOSED_AT).bind(tenant.uuid()).fetch_optional(pool).await?;
        Ok(owns && there == Some(Some(closed_at.micros())))
    }

    /// How many rows of a tenant a table has.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn count(&self, tenant: TenantId, table: &LeavingTable) -> Result<u64, StoreError> {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {} WHERE tenant_id = $1", table.name));
        let rows: i64 = match &self.owner {
            Owner::Postgres(pool) => sqlx::query_scalar(sql).bind(tenant.uuid()).fetch_one(pool).await?,
            Owner::Sqlite { readers, .. } => {
                sqlx::query_scalar(sql).bind(tenant.uuid()).fetch_one(readers).await?
            }
        };
        Ok(u64::try_from(rows).unwrap_or_default())
    }
}
