//! Removes what is kept for some time only, of every tenant: for the worker, which knows no scope.

use crate::store::db::Pools;
use crate::store::{Db, StoreError};

const OLD_PARTS: &str = "DELETE FROM export_parts WHERE expires_at <= $1";

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
}
