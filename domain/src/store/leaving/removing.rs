//! Removes what a tenant held: some rows at a time, so that nobody waits long for SQLite's one writer, and what was removed stays removed
//! whoever breaks it off.

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Pool, Postgres};

use crate::kernel::id::TenantId;
use crate::kernel::mutant::{self, Mutant};
use crate::store::StoreError;
use crate::store::leaving::{Leaving, LeavingTable, Owner};

/// Rows that go at a time.
const BATCH: u32 = 1_000;
const SHRED: &str = "VACUUM (FULL) tenant_keys";
const BRIEFLY: &str = "SET lock_timeout = '500ms'";
const TRIES: u32 = 20;
const AGAIN: Duration = Duration::from_secs(3);
/// What was written so far, as a number; and how many may still see what was before some of it: whoever reads here, whoever began to write,
/// replicas that say what they read, and writes that are prepared. PostgreSQL keeps for them what was removed, even in a table that is
/// written anew. A write in another database of the server counts too: whoever begins to read here meanwhile sees no more than it does.
/// Those that only clean up a table hold nothing back.
const WRITTEN: &str = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text";
const LOOKING_BACK: &str = "SELECT (SELECT count(*) FROM pg_stat_activity a WHERE a.pid <> pg_backend_pid() \
     AND a.pid NOT IN (SELECT v.pid FROM pg_stat_progress_vacuum v) AND (age(a.backend_xid) > age(w.w) \
     OR coalesce(a.datname, current_database()) = current_database() AND age(a.backend_xmin) > age(w.w))) \
     + (SELECT count(*) FROM pg_replication_slots r WHERE age(r.xmin) > age(w.w)) \
     + (SELECT count(*) FROM pg_prepared_xacts p WHERE age(p.transaction) > age(w.w)) \
     FROM (SELECT $1::text::xid8::xid AS w) w";
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// Longest wait for them: as long as for whoever needs a key, see [`TRIES`] and [`AGAIN`].
const LOOK: Duration = Duration::from_mins(1);
/// Rest after a batch on SQLite: whoever waits for its one writer asks again every tenth of a second.
const REST: Duration = Duration::from_millis(150);

/// Whether tables are written anew as a whole, so that nothing of what was removed is left in their free space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewrite {
    /// They are: nobody reads or writes a table meanwhile.
    Whole,
    /// They are not: free space is used again by and by.
    Later,
}

impl Leaving {
    /// Removes some of a tenant's rows from a table: how many. Called again until there are none.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn remove(&self, tenant: TenantId, table: &LeavingTable) -> Result<u64, StoreError> {
        let name = &table.name;
        let some = |row: &str| {
            if table.own {
                return String::new();
            }
            format!(" AND {row} IN (SELECT {row} FROM {name} WHERE tenant_id = $1 LIMIT {BATCH})")
        };
        Ok(match &self.owner {
            Owner::Postgres(pool) => {
                let sql = format!("DELETE FROM {name} WHERE tenant_id = $1{}", some("ctid"));
                sqlx::query(AssertSqlSafe(sql)).bind(tenant.uuid()).execute(pool).await?.rows_affected()
            }
            Owner::Sqlite { writer, .. } => {
                let sql = format!(
                    "DELETE FROM {name} WHERE tenant_id = $1 \
                     AND EXISTS (SELECT 1 FROM tenants t WHERE t.tenant_id = $1 AND t.state = 'erasing'){}",
                    some("rowid")
                );
                let begun = Instant::now();
                let mut connection = writer.acquire().await?;
                // What is removed is written over with zeros, not only forgotten.
                sqlx::query("PRAGMA secure_delete = ON").execute(&mut *connection).await?;
                let removed = sqlx::query(AssertSqlSafe(sql)).bind(tenant.uuid());
                let removed = removed.execute(&mut *connection).await?.rows_affected();
                drop(connection);
                if removed >= u64::from(BATCH) {
                    tokio::time::sleep(begun.elapsed().max(REST)).await;
                }
                removed
            }
        })
    }

    /// Once a table has nothing of a tenant any more: what was removed leads nobody astray who looks for rows that refer to others.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn emptied(&self, table: &LeavingTable) -> Result<(), StoreError> {
        let Owner::Postgres(pool) = &self.owner else { return Ok(()) };
        sqlx::query(AssertSqlSafe(format!("VACUUM (ANALYZE) {}", table.name))).execute(pool).await?;
        Ok(())
    }

    /// Writes tables anew from which everything was removed, so that nothing of it is left in their free space. SQLite does that as it settles.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when somebody goes on reading what was before.
    pub async fn rewrite(&self, tables: &[LeavingTable]) -> Result<(), StoreError> {
        let Owner::Postgres(pool) = &self.owner else { return Ok(()) };
        unseen(pool).await?;
        for table in tables.iter().filter(|table| !table.kept) {
            sqlx::query(AssertSqlSafe(format!("VACUUM (FULL) {}", table.name))).execute(pool).await?;
        }
        Ok(())
    }

    /// Takes what was removed out of SQLite's log of what is to come, and out of its free pages if that is wanted. PostgreSQL's tables are
    /// gone over one by one as they are emptied, see [`Leaving::emptied`]; here the keys of tenants are written anew, so that nothing is left of one.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when somebody reads what was before.
    pub async fn settle(&self, rewrite: Rewrite) -> Result<(), StoreError> {
        let writer = match &self.owner {
            Owner::Postgres(pool) => return shred(pool).await,
            Owner::Sqlite { writer, .. } => writer,
        };
        let mut connection = writer.acquire().await?;
        if rewrite == Rewrite::Whole {
            sqlx::query("VACUUM").execute(&mut *connection).await?;
        }
        for _ in 0..TRIES {
            let (busy, ..): (i64, i64, i64) =
                sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
            if busy == 0 {
                return Ok(());
            }
            tokio::time::sleep(REST).await;
        }
        Err(before())
    }
}

fn before() -> StoreError {
    StoreError::Busy("somebody reads what was before".to_owned())
}

/// Waits until nobody sees any more what was removed.
async fn unseen(pool: &Pool<Postgres>) -> Result<(), StoreError> {
    if mutant::active(Mutant::SeenWhenRewritten) {
        return Ok(());
    }
    let written: String = sqlx::query_scalar(WRITTEN).fetch_one(pool).await?;
    let begun = Instant::now();
    loop {
        let looking_back: i64 = sqlx::query_scalar(LOOKING_BACK).bind(&written).fetch_one(pool).await?;
        if looking_back == 0 {
            return Ok(());
        }
        if begun.elapsed() > LOOK {
            return Err(before());
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Writes the keys of tenants anew. Everybody who needs one waits behind whoever wants to do that: it is tried for a moment at a time.
async fn shred(pool: &Pool<Postgres>) -> Result<(), StoreError> {
    unseen(pool).await?;
    let mut connection = pool.acquire().await?;
    sqlx::query(BRIEFLY).execute(&mut *connection).await?;
    for _ in 1..TRIES {
        if sqlx::query(SHRED).execute(&mut *connection).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(AGAIN).await;
    }
    sqlx::query(SHRED).execute(&mut *connection).await?;
    Ok(())
}
