//! A transaction past the store that stays open: whoever comes to its rows waits.

use sqlx::{Postgres, Sqlite, Transaction};

use crate::world::Home;
use crate::{SUPERUSER, World};

/// What was changed in it is seen by nobody until it is committed.
pub enum Pending {
    /// It holds the only place to write.
    Sqlite(Transaction<'static, Sqlite>),
    /// It holds the rows that it changed.
    Postgres(Transaction<'static, Postgres>),
}

impl Pending {
    /// Begins with some statements.
    ///
    /// # Errors
    /// As the database says.
    pub async fn begin(world: &World, sql: &str) -> anyhow::Result<Self> {
        let mut pending = match world.home() {
            Home::Sqlite(file) => Self::Sqlite(file.pool().begin().await?),
            Home::Postgres(database) => Self::Postgres(database.pool(SUPERUSER)?.begin().await?),
        };
        pending.run(sql).await?;
        Ok(pending)
    }

    /// Runs statements in it.
    ///
    /// # Errors
    /// As the database says.
    pub async fn run(&mut self, sql: &str) -> anyhow::Result<()> {
        let sql = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()));
        match self {
            Self::Sqlite(transaction) => sql.execute(&mut **transaction).await.map(drop)?,
            Self::Postgres(transaction) => sql.execute(&mut **transaction).await.map(drop)?,
        }
        Ok(())
    }

    /// Lets whoever waits go on.
    ///
    /// # Errors
    /// As the database says.
    pub async fn commit(self) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(transaction) => transaction.commit().await?,
            Self::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }
}
