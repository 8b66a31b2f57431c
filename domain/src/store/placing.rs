//! Gives events that wait their positions: by what every row of the outbox has, and not by what it tells, so that a row which
//! cannot be read holds up nobody.

use std::collections::BTreeMap;

use sqlx::{Postgres, Sqlite};
use uuid::Uuid;

use crate::kernel::event::EventCursor;
use crate::kernel::id::{EventId, TenantId};
use crate::store::db::Pools;
use crate::store::outbox::{Row, read_row};
use crate::store::{Db, StoreError};

/// Events placed per transaction: small enough that a writer on SQLite never waits long.
pub(super) const BATCH: usize = 500;

const WAITING: &str = "SELECT 1 FROM outbox_events WHERE position IS NULL LIMIT 1";
const PENDING: &str = "SELECT tenant_id, id, aggregate, aggregate_id, version, name, occurred_at, account_id, payload, \
     scope_before, scope_after, position FROM outbox_events WHERE position IS NULL \
     ORDER BY occurred_at, id LIMIT $1";
/// Of the aggregates of the first batch, what waits beyond it and comes before by its version: written by a node whose clock is
/// ahead of another's.
const EARLIER: &str = "SELECT e.tenant_id, e.id, e.aggregate, e.aggregate_id, e.version, e.name, e.occurred_at, e.account_id, \
     e.payload, e.scope_before, e.scope_after, e.position FROM ( \
     SELECT tenant_id, aggregate, aggregate_id, max(version) AS newest FROM ( \
     SELECT tenant_id, aggregate, aggregate_id, version FROM outbox_events WHERE position IS NULL \
     ORDER BY occurred_at, id LIMIT $1) AS page GROUP BY tenant_id, aggregate, aggregate_id) AS known \
     JOIN outbox_events e ON e.tenant_id = known.tenant_id AND e.aggregate = known.aggregate \
     AND e.aggregate_id = known.aggregate_id AND e.version < known.newest \
     WHERE e.position IS NULL AND (e.occurred_at, e.id) > ($2, $3)";
const LAST: &str = "SELECT position, event_id FROM outbox_heads WHERE tenant_id = $1";
const PLACE: &str = "UPDATE outbox_events SET position = $3 WHERE tenant_id = $1 AND id = $2";
const PLACE_ALL: &str = "UPDATE outbox_events SET position = placed.position \
     FROM UNNEST($1::uuid[], $2::uuid[], $3::bigint[]) AS placed (tenant_id, id, position) \
     WHERE outbox_events.tenant_id = placed.tenant_id AND outbox_events.id = placed.id";

const HEAD: &str = "INSERT INTO outbox_heads (tenant_id, position, event_id, gone) VALUES ($1, $2, $3, 0) \
     ON CONFLICT (tenant_id) DO UPDATE SET position = excluded.position, event_id = excluded.event_id";
const HEAD_ALL: &str = "INSERT INTO outbox_heads (tenant_id, position, event_id, gone) \
     SELECT tenant_id, position, event_id, 0 FROM UNNEST($1::uuid[], $2::bigint[], $3::uuid[]) \
     AS placed (tenant_id, position, event_id) \
     ON CONFLICT (tenant_id) DO UPDATE SET position = excluded.position, event_id = excluded.event_id";

/// An event that got its position.
pub(super) struct Placed {
    /// The place before it.
    pub(super) after: EventCursor,
    pub(super) row: Row,
}

/// What orders an event that waits.
struct Pending {
    row: Row,
    aggregate_id: Uuid,
    version: i64,
    occurred_at: i64,
}

type HeadRow = (i64, Uuid);

impl Db {
    /// Places a batch of what waits.
    ///
    /// # Errors
    /// [`StoreError`] as the database says; nothing is placed then.
    pub(super) async fn place(&self) -> Result<Vec<Placed>, StoreError> {
        match self.pools() {
            Pools::Postgres { worker, .. } => place_postgres(worker).await,
            Pools::Sqlite { readers, writer } => {
                // Readers answer "nothing to do" without the one writer.
                let waiting = sqlx::query(WAITING).fetch_optional(readers).await?;
                if waiting.is_none() { Ok(vec![]) } else { place_sqlite(writer).await }
            }
        }
    }
}

/// Its statements are planned each time they run: a plan of the first minute, when the outbox was all but empty,
/// would read it from end to end for good.
async fn place_postgres(pool: &sqlx::Pool<Postgres>) -> Result<Vec<Placed>, StoreError> {
    let mut tx = pool.begin().await?;
    // One relay at a time, whatever the number of processes.
    sqlx::query("SELECT pg_advisory_xact_lock(7310582931)").execute(&mut *tx).await?;
    let most = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let rows = sqlx::query(PENDING).persistent(false).bind(most).fetch_all(&mut *tx).await?;
    let batch = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let mut earlier = vec![];
    if let Some(last) = batch.last().filter(|_| batch.len() == BATCH) {
        let query = sqlx::query(EARLIER).persistent(false).bind(most).bind(last.occurred_at);
        let rows = query.bind(last.row.id.uuid()).fetch_all(&mut *tx).await?;
        earlier = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    }
    let mut heads: BTreeMap<TenantId, (EventCursor, EventId)> = BTreeMap::new();
    let mut placed = vec![];
    for row in ordered(batch, earlier) {
        let after = if let Some((place, _)) = heads.get(&row.tenant) {
            *place
        } else {
            let last = sqlx::query_as(LAST).persistent(false).bind(row.tenant.uuid());
            last.fetch_optional(&mut *tx).await?.map_or(EventCursor::START, head)
        };
        let row = row.at(after.position() + 1);
        heads.insert(row.tenant, (row.cursor(), row.id));
        placed.push(Placed { after, row });
    }
    if !placed.is_empty() {
        sqlx::query(PLACE_ALL)
            .persistent(false)
            .bind(placed.iter().map(|placed| placed.row.tenant.uuid()).collect::<Vec<_>>())
            .bind(placed.iter().map(|placed| placed.row.id.uuid()).collect::<Vec<_>>())
            .bind(placed.iter().map(|placed| placed.row.position).collect::<Vec<_>>())
            .execute(&mut *tx)
            .await?;
        sqlx::query(HEAD_ALL)
            .persistent(false)
            .bind(heads.keys().map(|tenant| tenant.uuid()).collect::<Vec<_>>())
            .bind(heads.values().map(|(place, _)| place.position()).collect::<Vec<_>>())
            .bind(heads.values().map(|(_, event)| event.uuid()).collect::<Vec<_>>())
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(placed)
}

async fn place_sqlite(pool: &sqlx::Pool<Sqlite>) -> Result<Vec<Placed>, StoreError> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    let most = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let rows = sqlx::query(PENDING).bind(most).fetch_all(&mut *tx).await?;
    let batch = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let mut earlier = vec![];
    if let Some(last) = batch.last().filter(|_| batch.len() == BATCH) {
        let query = sqlx::query(EARLIER).bind(most).bind(last.occurred_at).bind(last.row.id.uuid());
        earlier = query.fetch_all(&mut *tx).await?.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    }
    let mut heads: BTreeMap<TenantId, (EventCursor, EventId)> = BTreeMap::new();
    let mut placed = vec![];
    for row in ordered(batch, earlier) {
        let after = if let Some((place, _)) = heads.get(&row.tenant) {
            *place
        } else {
            let last = sqlx::query_as(LAST).bind(row.tenant.uuid());
            last.fetch_optional(&mut *tx).await?.map_or(EventCursor::START, head)
        };
        let row = row.at(after.position() + 1);
        heads.insert(row.tenant, (row.cursor(), row.id));
        let place = sqlx::query(PLACE).bind(row.tenant.uuid()).bind(row.id.uuid()).bind(row.position);
        place.execute(&mut *tx).await?;
        placed.push(Placed { after, row });
    }
    for (tenant, (place, event)) in heads {
        let head = sqlx::query(HEAD).bind(tenant.uuid()).bind(place.position()).bind(event.uuid());
        head.execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(placed)
}

fn head((position, event): HeadRow) -> EventCursor {
    EventCursor::of(position, EventId::from_uuid(event))
}

fn read<'r, R>(row: &'r R) -> Result<Pending, StoreError>
where
    R: sqlx::Row,
    &'static str: sqlx::ColumnIndex<R>,
    Uuid: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    i64: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<i64>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<Uuid>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    let (version, occurred_at) = (row.try_get("version")?, row.try_get("occurred_at")?);
    Ok(Pending { row: read_row(row)?, aggregate_id: row.try_get("aggregate_id")?, version, occurred_at })
}

/// Keeps the order of time among aggregates and the order of versions within each, even when the clocks of two nodes
/// disagree: an aggregate gets as many places as its events have in the batch, and its first versions get them. What is left
/// of it waits for the next batch.
fn ordered(batch: Vec<Pending>, earlier: Vec<Pending>) -> Vec<Row> {
    let slots: Vec<(TenantId, Uuid)> =
        batch.iter().map(|pending| (pending.row.tenant, pending.aggregate_id)).collect();
    let mut groups: BTreeMap<(TenantId, Uuid), Vec<Pending>> = BTreeMap::new();
    for pending in batch.into_iter().chain(earlier) {
        groups.entry((pending.row.tenant, pending.aggregate_id)).or_default().push(pending);
    }
    for group in groups.values_mut() {
        // The first is taken from the end.
        group.sort_by_key(|pending| {
            std::cmp::Reverse((pending.version, pending.occurred_at, pending.row.id.uuid()))
        });
    }
    slots.iter().filter_map(|slot| groups.get_mut(slot)?.pop()).map(|pending| pending.row).collect()
}
