//! Gives committed events their position in the tenant's total order and feeds the bus of the process.
//!
//! Positions are assigned after the commit, under one lock of all processes, so no event that becomes visible later
//! is skipped: the order of ids is not the order of commits. Every process feeds its own bus, in the order of
//! positions and without a gap: with what it placed itself, and with what others did, read from the outbox.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::{Postgres, Sqlite};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::kernel::event::{Alone, Bell, Event};
use crate::kernel::id::{EventId, TenantId};
use crate::kernel::mutant::{self, Mutant};
use crate::store::db::Pools;
use crate::store::outbox::read_row;
use crate::store::{Db, StoreError};

/// Events placed per transaction: small enough that a writer on SQLite never waits long.
const BATCH: i64 = 500;
/// How often to look without being woken: events of other processes, or a wake-up that was lost.
const IDLE: Duration = Duration::from_secs(1);

/// A batch in statements of the longest kind: more than a server takes that answers at all.
const LONGEST_STEP: u32 = 6;

const PENDING: &str = "SELECT tenant_id, id, aggregate, aggregate_id, version, name, occurred_at, account_id, payload, \
     scope_before, scope_after, position FROM outbox_events WHERE position IS NULL \
     ORDER BY occurred_at, id LIMIT $1";
const LAST: &str = "SELECT position FROM outbox_heads WHERE tenant_id = $1";
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

/// How far the bus of this process carried the events of each tenant; nothing until it was first asked. Whoever
/// holds it publishes, so that the bus keeps their order.
#[derive(Debug, Default)]
pub(super) struct Carried(Mutex<Option<BTreeMap<TenantId, i64>>>);

/// Why the relay gets to work.
#[derive(Clone, Copy, Debug)]
enum Call {
    /// This process committed events.
    Own,
    /// Another process placed events.
    Far,
    /// It is time to look for what was committed and placed elsewhere.
    Look,
}

/// The relay of one process.
pub struct Relay {
    db: Db,
    bell: Arc<dyn Bell>,
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Relay").field("db", &self.db).finish_non_exhaustive()
    }
}

impl Relay {
    /// A relay over the store of a process that serves alone.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db, bell: Arc::new(Alone) }
    }

    /// The same for one of several processes.
    #[must_use]
    pub fn ringing(self, bell: Arc<dyn Bell>) -> Self {
        Self { bell, ..self }
    }

    /// Runs until dropped. A failing database is tried again every second, and one that says nothing any
    /// more is left for another connection.
    pub async fn run(&self) {
        let patience = if mutant::active(Mutant::EndlessPatience) {
            Duration::MAX
        } else {
            self.db.statement_timeout() * LONGEST_STEP
        };
        let mut call = Call::Look;
        // However much happens here, what happens elsewhere is looked for as often.
        let mut look_at = Instant::now() + IDLE;
        loop {
            match tokio::time::timeout(patience, self.answer(call)).await {
                Ok(Ok(0)) => call = self.wait(look_at).await,
                Ok(Ok(_)) if Instant::now() < look_at => call = Call::Own,
                Ok(Ok(_)) => call = Call::Look,
                Err(_elapsed) => tracing::warn!("the relay heard nothing from the database"),
                Ok(Err(error)) => {
                    tracing::warn!(%error, "the relay could not place events");
                    tokio::time::sleep(IDLE).await;
                    call = Call::Look;
                }
            }
            if matches!(call, Call::Look) || mutant::active(Mutant::BusyRelay) {
                look_at = Instant::now() + IDLE;
            }
        }
    }

    async fn wait(&self, look_at: Instant) -> Call {
        tokio::select! {
            biased;
            () = tokio::time::sleep_until(look_at.into()) => Call::Look,
            () = self.db.heard_from_afar() => Call::Far,
            () = self.db.relay_woken() => Call::Own,
        }
    }

    async fn answer(&self, call: Call) -> Result<usize, StoreError> {
        let placed = match call {
            Call::Own | Call::Look => self.step().await?,
            Call::Far => 0,
        };
        if !matches!(call, Call::Own) {
            self.catch_up().await?;
        }
        Ok(placed)
    }

    /// Places what is pending and feeds the bus: the number of events placed.
    ///
    /// # Errors
    /// [`StoreError`] as the database says; nothing is placed then.
    pub async fn step(&self) -> Result<usize, StoreError> {
        self.begin().await?;
        let placed = match self.db.pools() {
            Pools::Postgres { worker, .. } => place_postgres(worker).await?,
            Pools::Sqlite { readers, writer } => {
                // Readers answer "nothing to do" without the one writer.
                let waiting = sqlx::query(PENDING).bind(1_i64).fetch_optional(readers).await?;
                if waiting.is_none() { vec![] } else { place_sqlite(writer).await? }
            }
        };
        let count = placed.len();
        if count > 0 {
            self.bell.ring();
            self.publish(placed).await?;
        }
        Ok(count)
    }

    /// Learns how far every tenant is: the bus carries what comes after.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn begin(&self) -> Result<(), StoreError> {
        let mut carried = self.db.carried().0.lock().await;
        if carried.is_none() {
            let heads = self.db.heads().await?.into_iter();
            *carried = Some(heads.map(|head| (head.tenant, head.newest.position())).collect());
        }
        Ok(())
    }

    /// Feeds the bus with what was placed here, in the order of positions; where another process placed what comes
    /// before, that is read first.
    async fn publish(&self, placed: Vec<Event>) -> Result<(), StoreError> {
        let whole = {
            let mut carried = self.db.carried().0.lock().await;
            let carried = carried.get_or_insert_default();
            placed.into_iter().fold(true, |whole, event| {
                let last = carried.entry(event.tenant).or_default();
                match event.position - *last {
                    1 => {
                        *last = event.position;
                        self.db.publish(Arc::new(event));
                        whole
                    }
                    // Somebody was faster and read it.
                    ..=0 => whole,
                    _ => false,
                }
            })
        };
        if whole { Ok(()) } else { self.catch_up().await }
    }

    /// Feeds the bus with what other processes placed.
    ///
    /// # Errors
    /// [`StoreError`] as the database says; what the bus carried, it carried.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        self.begin().await?;
        let mut carried = self.db.carried().0.lock().await;
        let carried = carried.get_or_insert_default();
        let began = Instant::now();
        for head in self.db.heads().await? {
            let last = carried.entry(head.tenant).or_default();
            // A restored database is behind what this process saw.
            *last = head.newest.position().min(*last);
            while *last < head.newest.position() {
                let page = self.db.placed_after(head.tenant, *last).await?;
                // Nothing there: it is not kept any more, and subscribers find that out by themselves.
                let Some(newest) = page.last().map(|event| event.position) else {
                    *last = head.newest.position();
                    break;
                };
                for event in page {
                    self.db.publish(Arc::new(event));
                }
                *last = newest;
            }
        }
        self.db.note_look(began);
        Ok(())
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
    let mut heads: BTreeMap<TenantId, (i64, EventId)> = BTreeMap::new();
    for event in &mut events {
        let last = if let Some((position, _)) = heads.get(&event.tenant) {
            *position
        } else {
            let last = sqlx::query_scalar(LAST).persistent(false).bind(event.tenant.uuid());
            last.fetch_optional(&mut *tx).await?.unwrap_or_default()
        };
        event.position = last + 1;
        heads.insert(event.tenant, (event.position, event.id));
    }
    if !events.is_empty() {
        sqlx::query(PLACE_ALL)
            .persistent(false)
            .bind(events.iter().map(|event| event.tenant.uuid()).collect::<Vec<_>>())
            .bind(events.iter().map(|event| event.id.uuid()).collect::<Vec<_>>())
            .bind(events.iter().map(|event| event.position).collect::<Vec<_>>())
            .execute(&mut *tx)
            .await?;
        sqlx::query(HEAD_ALL)
            .persistent(false)
            .bind(heads.keys().map(|tenant| tenant.uuid()).collect::<Vec<_>>())
            .bind(heads.values().map(|(position, _)| *position).collect::<Vec<_>>())
            .bind(heads.values().map(|(_, event)| event.uuid()).collect::<Vec<_>>())
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
    let mut heads: BTreeMap<TenantId, (i64, EventId)> = BTreeMap::new();
    for event in &mut events {
        let last = if let Some((position, _)) = heads.get(&event.tenant) {
            *position
        } else {
            let last = sqlx::query_scalar(LAST).bind(event.tenant.uuid());
            last.fetch_optional(&mut *tx).await?.unwrap_or_default()
        };
        event.position = last + 1;
        heads.insert(event.tenant, (event.position, event.id));
        sqlx::query(PLACE)
            .bind(event.tenant.uuid())
            .bind(event.id.uuid())
            .bind(event.position)
            .execute(&mut *tx)
            .await?;
    }
    for (tenant, (position, event)) in heads {
        sqlx::query(HEAD).bind(tenant.uuid()).bind(position).bind(event.uuid()).execute(&mut *tx).await?;
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
