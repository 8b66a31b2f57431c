//! Verifies the chains of the audit trail, page by page in one snapshot of each tenant: for whoever checks, and by the worker's
//! role, which sees every tenant.

use std::collections::BTreeMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow as _, Postgres, Row as _, Sqlite, Transaction};
use uuid::Uuid;

use crate::kernel::chain::{BEGINNING, Break, Fault, Link, Sealed, Walk};
use crate::kernel::id::{AuditId, TenantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::store::db::Pools;
use crate::store::sealing::{EntryRow, audited, link_of};
use crate::store::{Db, StoreError};

/// Seals read at a time: the memory that a check takes.
const PAGE: i64 = 1_000;
/// Microseconds after which an entry should long be sealed: a minute.
const OVERDUE: i64 = 60_000_000;
/// Most bad places that a check names: whoever mends a chain begins with the first.
const MOST_FAULTS: usize = 100;
/// Microseconds for which every entry is kept: half a year, but for the days that a seal may come after its entry.
const SURELY_KEPT: i64 = 170 * 86_400_000_000;

const SEES: &str = "SELECT rolsuper OR pg_has_role(current_user, 'fengqiao_worker', 'USAGE') FROM pg_roles WHERE rolname = current_user";
const TENANTS: &str = "SELECT tenant_id FROM audit_heads";
const HEADS: &str = "SELECT tenant_id, sequence, hash FROM audit_heads ORDER BY tenant_id";
const HEAD: &str = "SELECT sequence, hash, gone, gone_hash FROM audit_heads WHERE tenant_id = $1";
const SEALS: &str = "SELECT s.sequence, s.entry_id, CAST(s.format AS BIGINT), s.hash, e.id, e.at, e.account_id, e.action, e.target, \
     e.request_id, e.detail FROM audit_seals s LEFT JOIN audit_entries e ON e.tenant_id = s.tenant_id AND e.id = s.entry_id \
     WHERE s.tenant_id = $1 AND s.sequence >= $2 ORDER BY s.sequence LIMIT $3";
const WAITING: &str = "SELECT count(*), count(CASE WHEN at < $2 THEN 1 END) FROM audit_pending p WHERE tenant_id = $1 \
     AND NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.tenant_id = p.tenant_id AND s.entry_id = p.entry_id)";
const NEVER: &str = "SELECT e.id FROM audit_entries e WHERE e.tenant_id = $1 \
     AND NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.tenant_id = e.tenant_id AND s.entry_id = e.id) \
     AND NOT EXISTS (SELECT 1 FROM audit_pending p WHERE p.tenant_id = e.tenant_id AND p.entry_id = e.id) \
     ORDER BY e.at, e.id LIMIT 1";
const DELETED: &str = "SELECT p.entry_id FROM audit_pending p WHERE p.tenant_id = $1 \
     AND NOT EXISTS (SELECT 1 FROM audit_entries e WHERE e.tenant_id = p.tenant_id AND e.id = p.entry_id) \
     AND NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.tenant_id = p.tenant_id AND s.entry_id = p.entry_id) \
     ORDER BY p.at, p.entry_id LIMIT 1";
const STRAY: &str = "SELECT sequence, entry_id FROM audit_seals WHERE tenant_id = $1 AND sequence <= $2 ORDER BY sequence LIMIT 1";
/// A key keeps them apart, while it stands.
const TWICE: &str = "SELECT sequence FROM audit_seals WHERE tenant_id = $1 GROUP BY sequence HAVING count(*) > 1 ORDER BY sequence LIMIT 1";

type HeadRow = (i64, Vec<u8>, i64, Vec<u8>);
type SealRow = (
    i64,
    Uuid,
    i64,
    Vec<u8>,
    Option<Uuid>,
    Option<i64>,
    Option<Uuid>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// Where a chain ended when it was written down outside the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchored {
    /// Whose chain.
    pub tenant: TenantId,
    /// When it was written down.
    pub at: Timestamp,
    /// The place of its newest seal.
    pub sequence: i64,
    /// Its hash.
    pub hash: Link,
}

/// What a check of one chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainReport {
    /// Entries that are sealed and what was sealed.
    pub sealed: i64,
    /// Entries that wait to be sealed.
    pub waiting: i64,
    /// Those of them that wait for more than a minute.
    pub overdue: i64,
    /// The bad places in their order, the first hundred of them; none of a chain that is whole.
    pub faults: Vec<Fault>,
}

/// One snapshot of one database.
enum Snapshot<'a> {
    Postgres(Transaction<'a, Postgres>),
    Sqlite(Transaction<'a, Sqlite>),
}

impl Db {
    /// Whether the worker's role of this store sees the chains of all tenants: walked by another one they all seem empty and whole.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn sees_chains(&self) -> Result<bool, StoreError> {
        match self.pools() {
            Pools::Postgres { worker, .. } => Ok(sqlx::query_scalar(SEES).fetch_one(worker).await?),
            Pools::Sqlite { .. } => Ok(true),
        }
    }

    /// The tenants that have a chain.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn chained_tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        let tenants: Vec<Uuid> = match self.pools() {
            Pools::Postgres { worker, .. } => sqlx::query_scalar(TENANTS).fetch_all(worker).await?,
            Pools::Sqlite { readers, .. } => {
                let ids: Vec<Vec<u8>> = sqlx::query_scalar(TENANTS).fetch_all(readers).await?;
                ids.iter().filter_map(|id| tenant_of(id)).collect()
            }
        };
        Ok(tenants.into_iter().map(TenantId::from_uuid).collect())
    }

    /// Where every chain ends now, to be written down outside the database. One that cannot be read keeps none of the others.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn chain_ends(&self) -> Result<Vec<Anchored>, StoreError> {
        let rows: Vec<(Uuid, i64, Vec<u8>)> = match self.pools() {
            Pools::Postgres { worker, .. } => sqlx::query_as(HEADS).fetch_all(worker).await?,
            Pools::Sqlite { readers, .. } => {
                let rows: Vec<(Vec<u8>, i64, Vec<u8>)> = sqlx::query_as(HEADS).fetch_all(readers).await?;
                rows.into_iter().filter_map(|(id, end, hash)| Some((tenant_of(&id)?, end, hash))).collect()
            }
        };
        let at = self.now();
        let end = |(tenant, sequence, hash): (Uuid, i64, Vec<u8>)| {
            let tenant = TenantId::from_uuid(tenant);
            match link_of(&hash) {
                Ok(hash) => Some(Anchored { tenant, at, sequence, hash }),
                Err(error) => {
                    tracing::error!(%tenant, %error, "the end of a chain is none: run `fengqiao audit verify`");
                    None
                }
            }
        };
        Ok(rows.into_iter().filter_map(end).collect())
    }

    /// Walks the chain of a tenant from its beginning to its end, and compares it with what was anchored of it.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn verify_chain(
        &self,
        tenant: TenantId,
        anchored: &[Anchored],
    ) -> Result<ChainReport, StoreError> {
        let now = self.now().micros();
        let mut snapshot = self.chain_snapshot().await?;
        let head = snapshot.head(tenant).await?;
        let own = || anchored.iter().filter(|anchor| anchor.tenant == tenant);
        let mut places: BTreeMap<i64, Vec<Link>> = BTreeMap::new();
        for anchor in own() {
            places.entry(anchor.sequence).or_default().push(anchor.hash);
        }
        let at = |sequence, what| Fault { sequence: Some(sequence), entry: None, what };
        let mut faults = vec![];
        let end = head.as_ref().map(|(sequence, hash, ..)| (*sequence, link_of(hash).ok()));
        let unread = |hash: Option<Link>| hash.is_none() && !mutant::active(Mutant::BelievedHead);
        faults.extend(end.filter(|(_, hash)| unread(*hash)).map(|(end, _)| at(end, Break::HeadUnreadable)));
        let (gone, gone_hash) = match &head {
            Some((_, _, gone, hash)) => (*gone, link_of(hash).ok()),
            None => (0, Some(BEGINNING)),
        };
        faults.extend(unread(gone_hash).then(|| at(gone, Break::HeadUnreadable)));
        // What follows an anchor was sealed after it was written.
        let early = own().find(|anchor| anchor.sequence < gone && anchor.at.micros() > now - SURELY_KEPT);
        // The beginning of a chain is known by itself, and where it moved to by what was anchored there.
        let start = gone_hash
            .or((gone == 0).then_some(BEGINNING))
            .or_else(|| places.get(&gone).and_then(|hashes| hashes.first().copied()));
        let other = places.get(&gone).is_some_and(|hashes| hashes.iter().any(|hash| Some(*hash) != start));
        faults.extend(other.then(|| at(gone, Break::Replaced)));
        faults.extend(early.map(|anchor| at(anchor.sequence.saturating_add(1), Break::RemovedEarly)));
        faults.extend(snapshot.stray(tenant, gone).await?);
        faults.extend(snapshot.twice(tenant).await?.map(|sequence| at(sequence, Break::Twice)));
        let mut walk = Walk::after(gone, start, places);
        snapshot.walk(tenant, &mut walk, end, &mut faults).await?;
        let (waiting, overdue) = snapshot.waiting(tenant, now - OVERDUE).await?;
        faults.extend(snapshot.unsealed(tenant).await?);
        Ok(ChainReport { sealed: walk.whole(), waiting, overdue, faults })
    }

    async fn chain_snapshot(&self) -> Result<Snapshot<'_>, StoreError> {
        Ok(match self.pools() {
            Pools::Postgres { worker, .. } => {
                let mut tx = worker.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
                // What counts the rows of years takes longer than anything that a caller waits for.
                sqlx::query("SET LOCAL statement_timeout = 0").execute(&mut *tx).await?;
                Snapshot::Postgres(tx)
            }
            Pools::Sqlite { readers, .. } => Snapshot::Sqlite(readers.begin().await?),
        })
    }
}

impl Snapshot<'_> {
    async fn head(&mut self, tenant: TenantId) -> Result<Option<HeadRow>, StoreError> {
        Ok(match self {
            Self::Postgres(tx) => sqlx::query_as(HEAD).bind(tenant.uuid()).fetch_optional(&mut **tx).await?,
            Self::Sqlite(tx) => sqlx::query_as(HEAD).bind(tenant.uuid()).fetch_optional(&mut **tx).await?,
        })
    }

    /// Walks a chain to its end, and takes down what is wrong with it.
    async fn walk(
        &mut self,
        tenant: TenantId,
        walk: &mut Walk,
        end: Option<(i64, Option<Link>)>,
        faults: &mut Vec<Fault>,
    ) -> Result<(), StoreError> {
        while faults.len() < MOST_FAULTS {
            let seals = self.seals(tenant, walk.next()).await?;
            // Behind the last of all numbers there is nothing.
            if seals.is_empty() || walk.next() == i64::MAX {
                faults.extend(walk.ended(end));
                return Ok(());
            }
            if walk.over(&seals).is_none() {
                continue;
            }
            // With the whole page after the bad place in sight, where it came from is known.
            let seals = self.seals(tenant, walk.next()).await?;
            if let (Some(fault), Some(bad)) = (walk.over(&seals), seals.first()) {
                faults.push(fault);
                walk.past(bad);
            }
        }
        Ok(())
    }

    /// A seal before the beginning of its chain.
    async fn stray(&mut self, tenant: TenantId, gone: i64) -> Result<Option<Fault>, StoreError> {
        let row: Option<(i64, Option<Uuid>)> = match self {
            Self::Postgres(tx) => {
                sqlx::query_as(STRAY).bind(tenant.uuid()).bind(gone).fetch_optional(&mut **tx).await?
            }
            Self::Sqlite(tx) => {
                let query = sqlx::query_as(STRAY).bind(tenant.uuid()).bind(gone);
                let row: Option<(i64, Vec<u8>)> = query.fetch_optional(&mut **tx).await?;
                row.map(|(sequence, entry)| (sequence, Uuid::from_slice(&entry).ok()))
            }
        };
        let what = Break::BeforeBeginning;
        let fault = |(sequence, entry): (i64, Option<Uuid>)| Fault {
            sequence: Some(sequence),
            entry: entry.map(AuditId::from_uuid),
            what,
        };
        Ok(row.map(fault))
    }

    /// A place at which several seals stand.
    async fn twice(&mut self, tenant: TenantId) -> Result<Option<i64>, StoreError> {
        Ok(match self {
            Self::Postgres(tx) => {
                sqlx::query_scalar(TWICE).bind(tenant.uuid()).fetch_optional(&mut **tx).await?
            }
            Self::Sqlite(tx) => {
                sqlx::query_scalar(TWICE).bind(tenant.uuid()).fetch_optional(&mut **tx).await?
            }
        })
    }

    async fn seals(&mut self, tenant: TenantId, from: i64) -> Result<Vec<Sealed>, StoreError> {
        match self {
            Self::Postgres(tx) => {
                let query = sqlx::query_as(SEALS).persistent(false).bind(tenant.uuid());
                let rows: Vec<SealRow> = query.bind(from).bind(PAGE).fetch_all(&mut **tx).await?;
                Ok(rows.into_iter().map(|row| sealed(tenant, row)).collect())
            }
            Self::Sqlite(tx) => {
                let query = sqlx::query(SEALS).bind(tenant.uuid()).bind(from).bind(PAGE);
                query.fetch_all(&mut **tx).await?.iter().map(|row| sealed_on_sqlite(tenant, row)).collect()
            }
        }
    }

    async fn waiting(&mut self, tenant: TenantId, before: i64) -> Result<(i64, i64), StoreError> {
        Ok(match self {
            Self::Postgres(tx) => {
                sqlx::query_as(WAITING).bind(tenant.uuid()).bind(before).fetch_one(&mut **tx).await?
            }
            Self::Sqlite(tx) => {
                sqlx::query_as(WAITING).bind(tenant.uuid()).bind(before).fetch_one(&mut **tx).await?
            }
        })
    }

    /// An entry that will never be sealed, and one that was deleted before it was.
    async fn unsealed(&mut self, tenant: TenantId) -> Result<Vec<Fault>, StoreError> {
        let mut faults = vec![];
        for (question, what) in [(NEVER, Break::NeverSealed), (DELETED, Break::Deleted)] {
            let entry: Option<Option<Uuid>> = match self {
                Self::Postgres(tx) => {
                    sqlx::query_scalar(question).bind(tenant.uuid()).fetch_optional(&mut **tx).await?
                }
                Self::Sqlite(tx) => {
                    let query = sqlx::query_scalar(question).bind(tenant.uuid());
                    let id: Option<Vec<u8>> = query.fetch_optional(&mut **tx).await?;
                    id.map(|id| Uuid::from_slice(&id).ok())
                }
            };
            faults.extend(entry.map(|id| Fault { sequence: None, entry: id.map(AuditId::from_uuid), what }));
        }
        Ok(faults)
    }
}

fn sealed(tenant: TenantId, row: SealRow) -> Sealed {
    let (sequence, entry_id, format, hash, id, at, account, action, target, request_id, detail) = row;
    let entry = || -> Option<EntryRow> { Some((id?, at?, account, action?, target?, request_id?, detail?)) };
    let entry = entry().map(|row| audited(tenant, row));
    let (id, format) = (Some(AuditId::from_uuid(entry_id)), i32::try_from(format).ok());
    Sealed { sequence, id, format, hash, entry }
}

/// SQLite keeps any bytes as an id and as a text: of a row that holds what is none the place and the hash are left.
fn sealed_on_sqlite(tenant: TenantId, row: &SqliteRow) -> Result<Sealed, StoreError> {
    if let Ok(row) = SealRow::from_row(row) {
        return Ok(sealed(tenant, row));
    }
    let id: Vec<u8> = row.try_get(1)?;
    let id = Uuid::from_slice(&id).ok().map(AuditId::from_uuid);
    Ok(Sealed { sequence: row.try_get(0)?, id, format: None, hash: row.try_get(3)?, entry: None })
}

/// On SQLite a head may be of a tenant that is none; it is no reason to check nobody's.
fn tenant_of(id: &[u8]) -> Option<Uuid> {
    let known = Uuid::from_slice(id).ok();
    if known.is_none() {
        tracing::error!(id = hex::encode(id), "a head of the audit trail is of no tenant");
    }
    known
}
