//! Seals the audit trail: gives every committed entry its place in the chain of its tenant, and the hash that holds it there.
//!
//! After the commit and under one lock of all processes, so that the chain has neither gap nor fork and no writer waits for
//! another: the order of ids is not the order of commits. What was committed by then is sealed in the order of time.

use std::time::Duration;

use sqlx::{Postgres, Sqlite};
use uuid::Uuid;

use crate::kernel::chain::{Audited, BEGINNING, FORMAT, Link, link};
use crate::kernel::id::{AccountId, AuditId, TenantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::store::db::Pools;
use crate::store::{Db, StoreError};

/// Entries sealed per transaction: small enough that a writer on SQLite never waits long.
const BATCH: usize = 500;

/// How often to look. An entry is sealed a second after its commit, or a little later under load (requirement P6: five).
const IDLE: Duration = Duration::from_secs(1);

/// After some entries were sealed and no more waited: who writes all the time is sealed some times a second.
const BREATH: Duration = Duration::from_millis(250);

/// A batch in statements of the longest kind: more than a server takes that answers at all.
const LONGEST_STEP: u32 = 6;

/// The tenants that have something waiting, one look into the index for each: what waits may be much.
const TENANTS: &str = "WITH RECURSIVE waiting (tenant_id) AS ( \
     SELECT * FROM (SELECT tenant_id FROM audit_pending ORDER BY tenant_id LIMIT 1) AS least UNION ALL \
     SELECT (SELECT p.tenant_id FROM audit_pending p WHERE p.tenant_id > w.tenant_id ORDER BY p.tenant_id LIMIT 1) \
     FROM waiting w WHERE w.tenant_id IS NOT NULL) SELECT tenant_id FROM waiting WHERE tenant_id IS NOT NULL";
/// What has a seal already is none the less left: somebody put it there, and it must not stop the others.
const PENDING: &str = "SELECT e.id, e.at, e.account_id, e.action, e.target, e.request_id, e.detail FROM audit_pending p \
     JOIN audit_entries e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id WHERE p.tenant_id = $1 \
     AND NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.tenant_id = p.tenant_id AND s.entry_id = p.entry_id) \
     ORDER BY p.at, p.entry_id LIMIT $2";
const HEAD: &str = "SELECT sequence, hash FROM audit_heads WHERE tenant_id = $1";
const SEAL: &str = "INSERT INTO audit_seals (tenant_id, sequence, entry_id, format, hash, sealed_at) \
     VALUES ($1, $2, $3, $4, $5, $6)";
const SEAL_ALL: &str = "INSERT INTO audit_seals (tenant_id, sequence, entry_id, format, hash, sealed_at) \
     SELECT $1, sequence, entry_id, $4, hash, $6 FROM UNNEST($2::bigint[], $3::uuid[], $5::bytea[]) \
     AS sealed (sequence, entry_id, hash)";
const MOVE_HEAD: &str = "INSERT INTO audit_heads (tenant_id, sequence, hash, gone, gone_hash) VALUES ($1, $2, $3, 0, $4) \
     ON CONFLICT (tenant_id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash";
/// On SQLite nothing is inserted where something is: a trigger knows no update from a replacement.
const GO_ON: &str = "UPDATE audit_heads SET sequence = $2, hash = $3 WHERE tenant_id = $1";
const DONE: &str = "DELETE FROM audit_pending WHERE tenant_id = $1 AND entry_id = $2";
const ALL_DONE: &str = "DELETE FROM audit_pending WHERE tenant_id = $1 AND entry_id = ANY ($2)";

/// Under which PostgreSQL has one process at a time seal, or move the beginning of a chain.
pub(super) const LOCK: &str = "SELECT pg_advisory_xact_lock(7310582932)";

type HeadRow = (i64, Vec<u8>);
pub(super) type EntryRow = (Uuid, i64, Option<Uuid>, String, String, String, String);

/// The sealer of one process.
#[derive(Clone, Debug)]
pub struct Sealer {
    db: Db,
}

impl Sealer {
    /// A sealer over a store.
    #[must_use]
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Runs until dropped. A failing database is tried again every second, and one that says nothing any more is left for another
    /// connection.
    pub async fn run(&self) {
        let patience = self.db.statement_timeout() * LONGEST_STEP;
        loop {
            match tokio::time::timeout(patience, self.step()).await {
                Ok(Ok(0)) => tokio::time::sleep(IDLE).await,
                Ok(Ok(sealed)) if sealed < BATCH => tokio::time::sleep(BREATH).await,
                Ok(Ok(_)) => {}
                Ok(Err(error)) => {
                    tracing::warn!(%error, "the audit trail could not be sealed");
                    tokio::time::sleep(IDLE).await;
                }
                Err(_elapsed) => tracing::warn!("the sealer heard nothing from the database"),
            }
        }
    }

    /// Seals what waits of one tenant, to the end.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn finish(&self, tenant: TenantId) -> Result<(), StoreError> {
        while self.db.seal(tenant).await? >= BATCH {}
        Ok(())
    }

    /// Seals a batch of every tenant: how many entries.
    ///
    /// # Errors
    /// [`StoreError`] as the database says of the last tenant that could not be sealed; the others are sealed all the same.
    pub async fn step(&self) -> Result<usize, StoreError> {
        if mutant::active(Mutant::UnsealedAudit) {
            return Ok(0);
        }
        let mut sealed = 0;
        let mut failed = None;
        for tenant in self.db.tenants_with_pending().await? {
            match self.db.seal(tenant).await {
                Ok(entries) => sealed += entries,
                Err(error) => {
                    failed = Some(told(tenant, error));
                }
            }
        }
        match failed {
            Some(error) if sealed == 0 => Err(error),
            _ => Ok(sealed),
        }
    }
}

/// A database that is away comes back. A chain that cannot go on was changed past the product, and somebody must look.
fn told(tenant: TenantId, error: StoreError) -> StoreError {
    let is_away = matches!(
        error,
        StoreError::Unavailable(_) | StoreError::Busy(_) | StoreError::Full(_) | StoreError::TimedOut(_)
    );
    if !is_away {
        tracing::error!(%tenant, %error, "the chain of the audit trail cannot go on: run `fengqiao audit verify`");
    }
    error
}

impl Db {
    async fn tenants_with_pending(&self) -> Result<Vec<TenantId>, StoreError> {
        let tenants: Vec<Uuid> = match self.pools() {
            Pools::Postgres { worker, .. } => {
                sqlx::query_scalar(TENANTS).persistent(false).fetch_all(worker).await?
            }
            // Readers answer "nothing to do" without the one writer.
            Pools::Sqlite { readers, .. } => sqlx::query_scalar(TENANTS).fetch_all(readers).await?,
        };
        Ok(tenants.into_iter().map(TenantId::from_uuid).collect())
    }

    async fn seal(&self, tenant: TenantId) -> Result<usize, StoreError> {
        let now = self.now().micros();
        match self.pools() {
            Pools::Postgres { worker, .. } => seal_postgres(worker, tenant, now).await,
            Pools::Sqlite { writer, .. } => seal_sqlite(writer, tenant, now).await,
        }
    }
}

/// Its statements are planned each time they run: a plan of when the tables were all but empty would read them from end to end.
async fn seal_postgres(pool: &sqlx::Pool<Postgres>, tenant: TenantId, now: i64) -> Result<usize, StoreError> {
    let mut tx = pool.begin().await?;
    sqlx::query(LOCK).execute(&mut *tx).await?;
    let head = sqlx::query_as(HEAD).persistent(false).bind(tenant.uuid()).fetch_optional(&mut *tx).await?;
    let rows: Vec<EntryRow> = sqlx::query_as(PENDING)
        .persistent(false)
        .bind(tenant.uuid())
        .bind(i64::try_from(BATCH).unwrap_or(i64::MAX))
        .fetch_all(&mut *tx)
        .await?;
    let seals = chained(tenant, head, rows)?;
    let Some(newest) = seals.last() else { return Ok(0) };
    let ids: Vec<Uuid> = seals.iter().map(|seal| seal.id.uuid()).collect();
    sqlx::query(SEAL_ALL)
        .persistent(false)
        .bind(tenant.uuid())
        .bind(seals.iter().map(|seal| seal.sequence).collect::<Vec<_>>())
        .bind(&ids)
        .bind(FORMAT)
        .bind(seals.iter().map(|seal| seal.hash.to_vec()).collect::<Vec<_>>())
        .bind(now)
        .execute(&mut *tx)
        .await?;
    let head = sqlx::query(MOVE_HEAD).persistent(false).bind(tenant.uuid()).bind(newest.sequence);
    head.bind(newest.hash.to_vec()).bind(BEGINNING.to_vec()).execute(&mut *tx).await?;
    sqlx::query(ALL_DONE).persistent(false).bind(tenant.uuid()).bind(&ids).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(seals.len())
}

async fn seal_sqlite(pool: &sqlx::Pool<Sqlite>, tenant: TenantId, now: i64) -> Result<usize, StoreError> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    let head = sqlx::query_as(HEAD).bind(tenant.uuid()).fetch_optional(&mut *tx).await?;
    let most = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let rows: Vec<EntryRow> =
        sqlx::query_as(PENDING).bind(tenant.uuid()).bind(most).fetch_all(&mut *tx).await?;
    let seals = chained(tenant, head, rows)?;
    let Some(newest) = seals.last() else { return Ok(0) };
    for seal in &seals {
        let query = sqlx::query(SEAL).bind(tenant.uuid()).bind(seal.sequence).bind(seal.id.uuid());
        query.bind(FORMAT).bind(seal.hash.to_vec()).bind(now).execute(&mut *tx).await?;
        sqlx::query(DONE).bind(tenant.uuid()).bind(seal.id.uuid()).execute(&mut *tx).await?;
    }
    let gone_on = sqlx::query(GO_ON).bind(tenant.uuid()).bind(newest.sequence).bind(newest.hash.to_vec());
    if gone_on.execute(&mut *tx).await?.rows_affected() == 0 {
        let head = sqlx::query(MOVE_HEAD).bind(tenant.uuid()).bind(newest.sequence);
        head.bind(newest.hash.to_vec()).bind(BEGINNING.to_vec()).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(seals.len())
}

/// An entry with its place.
struct Seal {
    sequence: i64,
    id: AuditId,
    hash: Link,
}

/// Some entries tied one after the other to the end of a chain.
fn chained(tenant: TenantId, head: Option<HeadRow>, rows: Vec<EntryRow>) -> Result<Vec<Seal>, StoreError> {
    let (mut sequence, mut before) = match head {
        Some((sequence, hash)) => (sequence, link_of(&hash)?),
        None => (0, BEGINNING),
    };
    let seal = |row| {
        let entry = audited(tenant, row);
        // Behind the last of all numbers the key refuses it.
        sequence = sequence.saturating_add(1);
        before = link(&before, sequence, &entry);
        Seal { sequence, id: entry.id, hash: before }
    };
    Ok(rows.into_iter().map(seal).collect())
}

/// A hash as a column holds it.
pub(super) fn link_of(bytes: &[u8]) -> Result<Link, StoreError> {
    Link::try_from(bytes)
        .map_err(|_| StoreError::Corrupt("a hash of the audit trail is not 32 bytes".to_owned()))
}

/// A row of the trail as it is hashed.
pub(super) fn audited(
    tenant: TenantId,
    (id, at, account, action, target, request_id, detail): EntryRow,
) -> Audited {
    let (id, account) = (AuditId::from_uuid(id), account.map(AccountId::from_uuid));
    Audited { tenant, id, at: Timestamp(at), account, action, target, request_id, detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Requirement P6: five seconds after the commit at the latest. No setting makes it longer.
    #[test]
    fn whoever_seals_looks_often_enough() {
        assert!(IDLE + BREATH <= Duration::from_secs(2), "{IDLE:?} and {BREATH:?}");
    }
}
