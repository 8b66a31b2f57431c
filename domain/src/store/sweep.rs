//! Removes what is kept for some time only, of every tenant: for the worker, which knows no scope.

use std::time::Duration;

use crate::store::db::Pools;
use crate::store::{Db, StoreError};

const OLD_PARTS: &str = "DELETE FROM export_parts WHERE expires_at <= $1";

/// A day is what counts; the second one is for clocks.
const OLD_REVEALS: &str = "DELETE FROM reveals WHERE revealed_at <= $1";
const TWO_DAYS_MICROS: i64 = 2 * 86_400 * 1_000_000;

/// A page of records: no writer waits for more.
const OLD_KEYS: &str = "DELETE FROM idempotency_records WHERE (tenant_id, account_id, key) IN
    (SELECT tenant_id, account_id, key FROM idempotency_records
        WHERE at <= CASE WHEN field IN ($1, $5) THEN $2 ELSE $3 END LIMIT $4)";
const PAGE: i64 = 5_000;

impl Db {
    /// Removes the bytes of files whose time is over: how many parts.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn sweep(&self) -> Result<u64, StoreError> {
        let now = self.now().micros();
        Ok(match self.pools() {
            Pools::Postgres { worker, .. } => {
                sqlx::query(OLD_PARTS).bind(now).execute(worker).await?.rows_affected()
            }
            Pools::Sqlite { writer, .. } => {
                sqlx::query(OLD_PARTS).bind(now).execute(writer).await?.rows_affected()
            }
        })
    }

    /// Removes what counts no more of who read people whole: how many rows. The audit trail keeps it.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn sweep_reveals(&self) -> Result<u64, StoreError> {
        let before = self.now().micros() - TWO_DAYS_MICROS;
        Ok(match self.pools() {
            Pools::Postgres { worker, .. } => {
                sqlx::query(OLD_REVEALS).bind(before).execute(worker).await?.rows_affected()
            }
            Pools::Sqlite { writer, .. } => {
                sqlx::query(OLD_REVEALS).bind(before).execute(writer).await?.rows_affected()
            }
        })
    }

    /// Removes the records of idempotency keys that were kept for so long, those of two acts by their own time: how many.
    /// Such a key used again is a new request.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn sweep_keys(&self, kept: Duration, own: ([&str; 2], Duration)) -> Result<u64, StoreError> {
        let now = self.now().micros();
        let before = |kept: Duration| now - i64::try_from(kept.as_micros()).unwrap_or(i64::MAX);
        let ([field, other], usual, own) = (own.0, before(kept), before(own.1));
        let mut removed = 0;
        loop {
            let page = match self.pools() {
                Pools::Postgres { worker, .. } => {
                    let query =
                        sqlx::query(OLD_KEYS).bind(field).bind(own).bind(usual).bind(PAGE).bind(other);
                    query.execute(worker).await?.rows_affected()
                }
                Pools::Sqlite { writer, .. } => {
                    let query =
                        sqlx::query(OLD_KEYS).bind(field).bind(own).bind(usual).bind(PAGE).bind(other);
                    query.execute(writer).await?.rows_affected()
                }
            };
            removed += page;
            if page == 0 {
                return Ok(removed);
            }
        }
    }
}
