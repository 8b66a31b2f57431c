//! What a test asks of the application's own connections: whether anything of a scope stayed behind.
//!
//! Exists only with the feature `mutants`, which no release has.

use sqlx::FromRow;

use crate::store::db::Pools;
use crate::store::{Db, StoreError};

/// A connection as the next one to borrow it finds it, outside any transaction.
#[derive(Clone, Debug, FromRow)]
pub struct Probe {
    /// Process id of the server's side.
    pub pid: i32,
    /// All settings of a scope, joined; empty when none is left.
    pub settings: String,
    /// Units that it sees.
    pub units: i64,
}

const PROBE: &str = "SELECT pg_backend_pid() AS pid, concat(current_setting('app.tenant', true), \
     current_setting('app.account', true), current_setting('app.staff', true), \
     current_setting('app.auditor', true), current_setting('app.district', true), \
     current_setting('app.towns', true), current_setting('app.villages', true), \
     current_setting('app.grids', true), current_setting('app.rules', true), \
     current_setting('app.principals', true)) AS settings, (SELECT count(*) FROM units) AS units";

impl Db {
    /// Borrows a connection without a scope; `None` on SQLite, where connections hold no settings.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn probe(&self) -> Result<Option<Probe>, StoreError> {
        match self.pools() {
            Pools::Postgres { app, .. } => Ok(Some(sqlx::query_as(PROBE).fetch_one(app).await?)),
            Pools::Sqlite { .. } => Ok(None),
        }
    }

    /// Lets the SQLite file grow no more through its present connection, as on a full disk. Nothing
    /// happens on PostgreSQL.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn stop_growth(&self) -> Result<(), StoreError> {
        let Pools::Sqlite { writer, .. } = self.pools() else { return Ok(()) };
        let present: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(writer).await?;
        let limit = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {present}"));
        sqlx::query(limit).execute(writer).await?;
        Ok(())
    }

    /// What SQLite says of its own settings, by name: the writer's connection first, then a reader's.
    /// Nothing on PostgreSQL.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn pragmas(&self) -> Result<Vec<(String, String)>, StoreError> {
        let Pools::Sqlite { readers, writer } = self.pools() else { return Ok(vec![]) };
        let mut found = vec![];
        for pool in [writer, readers] {
            let mut connection = pool.acquire().await?;
            for name in ["journal_mode", "synchronous", "foreign_keys", "busy_timeout"] {
                let pragma = sqlx::AssertSqlSafe(format!(
                    "SELECT CAST(x.{} AS TEXT) FROM pragma_{name} x",
                    column(name)
                ));
                found.push((name.to_owned(), sqlx::query_scalar(pragma).fetch_one(&mut *connection).await?));
            }
        }
        Ok(found)
    }

    /// Connections of requests that wait in their pools, not borrowed by anybody.
    #[must_use]
    pub fn idle_connections(&self) -> usize {
        match self.pools() {
            Pools::Postgres { app, .. } => app.num_idle(),
            Pools::Sqlite { readers, writer } => readers.num_idle() + writer.num_idle(),
        }
    }
}

/// The column of a pragma's one row.
fn column(pragma: &str) -> &str {
    if pragma == "busy_timeout" { "timeout" } else { pragma }
}
