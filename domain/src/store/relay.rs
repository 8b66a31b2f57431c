//! Gives committed events their position in the tenant's total order and feeds the bus of the process.
//!
//! Positions are assigned after the commit, under one lock of all processes, so no event that becomes visible later
//! is skipped: the order of ids is not the order of commits. Every process feeds its own bus, in the order of
//! positions and without a gap: with what it placed itself, and with what others did, read from the outbox.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::kernel::event::{Alone, Bell, EventCursor};
use crate::kernel::id::TenantId;
use crate::kernel::mutant::{self, Mutant};
use crate::store::bus::Heard;
use crate::store::outbox::{Head, Row};
use crate::store::placing::{BATCH, Placed};
use crate::store::{Db, StoreError};

/// How often to look without being woken: events of other processes, or a wake-up that was lost.
const IDLE: Duration = Duration::from_secs(1);

/// A batch in statements of the longest kind: more than a server takes that answers at all.
const LONGEST_STEP: u32 = 6;

/// How far the bus of this process carried the events of each tenant; nothing until it was first asked. Whoever
/// holds it publishes, so that the bus keeps their order.
#[derive(Debug, Default)]
pub(super) struct Carried(Mutex<Option<BTreeMap<TenantId, EventCursor>>>);

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
        let rung = async {
            // Whoever rings without end does not keep this process from what is its own, nor the other way round.
            tokio::select! {
                () = self.db.heard_from_afar() => Call::Far,
                () = self.db.relay_woken() => Call::Own,
            }
        };
        tokio::select! {
            biased;
            () = tokio::time::sleep_until(look_at.into()) => Call::Look,
            call = rung => call,
        }
    }

    async fn answer(&self, call: Call) -> Result<usize, StoreError> {
        let began = Instant::now();
        let placed = match call {
            Call::Own | Call::Look => self.step().await?,
            Call::Far => 0,
        };
        if !matches!(call, Call::Own) {
            self.catch_up().await?;
        }
        if matches!(call, Call::Look) && placed < BATCH {
            self.db.note_look(began);
        }
        Ok(placed)
    }

    /// Places what is pending and feeds the bus: the number of events placed.
    ///
    /// # Errors
    /// [`StoreError`] as the database says; nothing is placed then.
    pub async fn step(&self) -> Result<usize, StoreError> {
        self.begin().await?;
        let placed = self.db.place().await?;
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
            *carried = Some(heads.map(|head| (head.tenant, head.newest)).collect());
        }
        Ok(())
    }

    /// Feeds the bus with what was placed here, in the order of positions; where another process placed what comes
    /// before, that is read first.
    async fn publish(&self, placed: Vec<Placed>) -> Result<(), StoreError> {
        let whole = {
            let mut carried = self.db.carried().0.lock().await;
            let carried = carried.get_or_insert_default();
            placed.into_iter().fold(true, |whole, Placed { after, row }| {
                let last = carried.entry(row.tenant).or_insert(EventCursor::START);
                if *last == after {
                    *last = row.cursor();
                    self.carry(row);
                    return whole;
                }
                // Somebody was faster and read it, or else this history is another one, which the next look tells.
                whole && row.position <= last.position()
            })
        };
        if whole { Ok(()) } else { self.catch_up().await }
    }

    /// Feeds the bus with what other processes placed.
    ///
    /// # Errors
    /// [`StoreError`] as the database says; what the bus carried, it carried, and where it cannot be read of one tenant the others'
    /// is carried all the same.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        self.begin().await?;
        let mut carried = self.db.carried().0.lock().await;
        let carried = carried.get_or_insert_default();
        let mut told = Ok(());
        for head in self.db.heads().await? {
            let last = carried.entry(head.tenant).or_insert(EventCursor::START);
            told = told.and(self.carry_up_to(&head, last).await);
        }
        told
    }

    /// Feeds the bus with the events of one tenant that follow the last one it carried. Where they are not to be had any more, or the
    /// database was restored and gave their positions to others, it says so.
    async fn carry_up_to(&self, head: &Head, last: &mut EventCursor) -> Result<(), StoreError> {
        let mut is_known = *last == head.newest || last.position() < head.newest.position();
        while is_known && last.position() < head.newest.position() {
            let rows = self.db.rows_after(head.tenant, *last).await?.unwrap_or_default();
            is_known = !rows.is_empty();
            for row in rows {
                *last = row.cursor();
                self.carry(row);
            }
        }
        if !is_known {
            let (tenant, position) = (head.tenant, head.newest.position());
            tracing::warn!(%tenant, position, "events are left out, and whoever follows is told so");
            *last = head.newest;
            self.db.publish(tenant, Heard::Gap(head.newest));
        }
        Ok(())
    }

    fn carry(&self, row: Row) {
        let (tenant, place) = (row.tenant, row.cursor());
        match row.event {
            Ok(event) => self.db.publish(tenant, Heard::Event(Arc::new(event))),
            Err(reason) => {
                let event = row.id;
                tracing::error!(%tenant, %event, reason, "an event cannot be read, and whoever follows is told so");
                self.db.publish(tenant, Heard::Unreadable(place));
            }
        }
    }
}
