//! Gives committed events their position in the tenant's total order and feeds the in-process bus.
//!
//! Positions are assigned after the commit, under one lock, so no event that becomes visible later is
//! skipped: the order of ids is not the order of commits.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sqlx::{Postgres, Sqlite};
use uuid::Uuid;

use crate::kernel::event::Event;
use crate::kernel::id::{AccountId, EventId, TenantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::store::db::Pools;
use crate::store::{Db, StoreError};

/// Events placed per transaction: small enough that a writer on SQLite never waits long.
const BATCH: i64 = 500;
/// How often to look without being woken: events of other processes, or a wake-up that was lost.
const IDLE: Duration = Duration::from_secs(1);

/// A batch in statements of the longest kind: more than a server takes that answers at all.
const LONGEST_STEP: u32 = 6;

const PENDING: &str = "SELECT tenant_id, id, aggregate, aggregate_id, version, name, occurred_at, account_id, payload, \
     scope_before, scope_after FROM outbox_events WHERE position IS NULL ORDER BY tenant_id, occurred_at, id LIMIT $1";
const LAST: &str = "SELECT coalesce(max(position), 0) FROM outbox_events WHERE tenant_id = $1";
const PLACE: &str = "UPDATE outbox_events SET position = $3 WHERE tenant_id = $1 AND id = $2";
const PLACE_ALL: &str = "UPDATE outbox_events SET position = placed.position \
     FROM UNNEST($1::uuid[], $2::uuid[], $3::bigint[]) AS placed (tenant_id, id, position) \
     WHERE outbox_events.tenant_id = placed.tenant_id AND outbox_events.id = placed.id";

/// The relay of one process.
#[derive(Debug)]
pub struct Relay {
    db: Db,
}

impl Relay {
    /// A relay over the store.
    #[must_use]
    pub const fn new(db: Db) -> Self {
        Self { db }
    }

    /// Runs until dropped. A failing database is tried again every second, and one that says nothing any
    /// more is left for another connection.
    pub async fn run(&self) {
        let patience = if mutant::active(Mutant::EndlessPatience) {
            Duration::MAX
        } else {
            self.db.statement_timeout() * LONGEST_STEP
        };
        loop {
            match tokio::time::timeout(patience, self.step()).await {
                Ok(Ok(0)) => {
                    let _ = tokio::time::timeout(IDLE, self.db.relay_woken()).await;
                }
                Ok(Ok(_)) => {}
                Err(_elapsed) => tracing::warn!("the relay heard nothing from the database"),
                Ok(Err(error)) => {
                    tracing::warn!(%error, "the relay could not place events");
                    tokio::time::sleep(IDLE).await;
                }
            }
        }
    }

    /// Places what is pending and feeds the bus: the number of events placed.
    ///
    /// # Errors
    /// [`StoreError`] as the database says; nothing is placed then.
    pub async fn step(&self) -> Result<usize, StoreError> {
        let placed = match self.db.pools() {
            Pools::Postgres { worker, .. } => place_postgres(worker).await?,
            Pools::Sqlite { readers, writer } => {
                // Readers answer "nothing to do" without the one writer.
                let waiting = sqlx::query(PENDING).bind(1_i64).fetch_optional(readers).await?;
                if waiting.is_none() { vec![] } else { place_sqlite(writer).await? }
            }
        };
        let count = placed.len();
        for event in placed {
            self.db.publish(Arc::new(event));
        }
        Ok(count)
    }
}

/// Its statements are planned each time they run: a plan of the first minute, when the outbox was all but empty,
/// would read it from end to end for good.
async fn place_postgres(pool: &sqlx::Pool<Postgres>) -> Result<Vec<Event>, StoreError> {
    let mut tx = pool.begin().await?;
    // One relay at a time, whatever the number of processes.
    sqlx::query("SELECT pg_advisory_xact_lock(7310582931)").execute(&mut *tx).await?;
    let rows = sqlx::query(PENDING).persistent(false).bind(BATCH).fetch_all(&mut *tx).await?;
    let mut events = rows.iter().map(read_row).collect::<Result<Vec<_>, _>>()?;
    order(&mut events);
    let mut last = BTreeMap::new();
    for event in &mut events {
        let position: i64 = if let Some(position) = last.get(&event.tenant) {
            *position
        } else {
            let greatest = sqlx::query_scalar(LAST).persistent(false).bind(event.tenant.uuid());
            greatest.fetch_one(&mut *tx).await?
        };
        event.position = position + 1;
        last.insert(event.tenant, event.position);
    }
    if !events.is_empty() {
        sqlx::query(PLACE_ALL)
            .persistent(false)
            .bind(events.iter().map(|event| event.tenant.uuid()).collect::<Vec<_>>())
            .bind(events.iter().map(|event| event.id.uuid()).collect::<Vec<_>>())
            .bind(events.iter().map(|event| event.position).collect::<Vec<_>>())
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(events)
}

async fn place_sqlite(pool: &sqlx::Pool<Sqlite>) -> Result<Vec<Event>, StoreError> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    let rows = sqlx::query(PENDING).bind(BATCH).fetch_all(&mut *tx).await?;
    let mut events = rows.iter().map(read_row).collect::<Result<Vec<_>, _>>()?;
    order(&mut events);
    let mut last = BTreeMap::new();
    for event in &mut events {
        let position = match last.get(&event.tenant) {
            Some(position) => *position,
            None => sqlx::query_scalar(LAST).bind(event.tenant.uuid()).fetch_one(&mut *tx).await?,
        };
        event.position = position + 1;
        last.insert(event.tenant, event.position);
        sqlx::query(PLACE)
            .bind(event.tenant.uuid())
            .bind(event.id.uuid())
            .bind(event.position)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    Ok(events)
}

/// Keeps the order of time among aggregates and the order of versions within each, even when the
/// clocks of two nodes disagree.
fn order(events: &mut [Event]) {
    let mut slots: BTreeMap<(TenantId, Uuid), Vec<usize>> = BTreeMap::new();
    for (index, event) in events.iter().enumerate() {
        slots.entry((event.tenant, event.aggregate_id)).or_default().push(index);
    }
    for slots in slots.values().filter(|slots| slots.len() > 1) {
        let mut group: Vec<Event> = slots.iter().map(|index| events[*index].clone()).collect();
        group.sort_by_key(|event| event.version);
        for (slot, event) in slots.iter().zip(group) {
            events[*slot] = event;
        }
    }
}

fn read_row<'r, R>(row: &'r R) -> Result<Event, StoreError>
where
    R: sqlx::Row,
    &'static str: sqlx::ColumnIndex<R>,
    Uuid: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    i64: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<Uuid>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    let parse =
        |text: String| serde_json::from_str(&text).map_err(|error| StoreError::Corrupt(error.to_string()));
    let before: Option<String> = row.try_get("scope_before")?;
    let after: String = row.try_get("scope_after")?;
    let payload: String = row.try_get("payload")?;
    let bad = |error: serde_json::Error| StoreError::Corrupt(error.to_string());
    Ok(Event {
        id: EventId::from_uuid(row.try_get("id")?),
        tenant: TenantId::from_uuid(row.try_get("tenant_id")?),
        position: 0,
        aggregate: row.try_get("aggregate")?,
        aggregate_id: row.try_get("aggregate_id")?,
        version: row.try_get("version")?,
        name: row.try_get("name")?,
        occurred_at: Timestamp(row.try_get("occurred_at")?),
        account: row.try_get::<Option<Uuid>, _>("account_id")?.map(AccountId::from_uuid),
        payload: parse(payload)?,
        before: before.map(|text| serde_json::from_str(&text)).transpose().map_err(bad)?,
        after: serde_json::from_str(&after).map_err(bad)?,
    })
}
