//! What is derived from the standing tables of a tenant: its units, grids, organisations and categories are needed
//! by nearly every request and change some times a month (`docs/adr/0010-standing-tables-are-remembered.md`).
//!
//! It is derived in a transaction's own snapshot, under its own policies, and remembered for some seconds by
//! tenant: every account of the tenant reads these tables in full. What this process changes is dropped at the
//! commit; what another one changes when its event is heard, and at the latest when the memory ends.

use std::any::{Any, TypeId};
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::kernel::cached;
use crate::kernel::event::Event;
use crate::kernel::id::{TenantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::store::{Db, StoreError, Tx};

/// How long what was derived is remembered, in microseconds: what another process changed counts within it.
const LIFE: i64 = 2_000_000;

type Value = Arc<dyn Any + Send + Sync>;

/// Something that follows from the standing tables of one tenant alone, whoever asks.
pub(crate) trait Derived: Send + Sync + Sized + 'static {
    /// Derives it in a transaction.
    fn derive(tx: &Tx) -> impl Future<Output = Result<Self, StoreError>> + Send;
}

/// What the process remembers.
#[derive(Default)]
pub(super) struct Standing(Mutex<Remembered>);

#[derive(Default)]
struct Remembered {
    values: HashMap<(TenantId, TypeId), (Value, Timestamp)>,
    /// Counts what was dropped: what was read before a drop is not kept after it.
    drops: u64,
}

/// The state of the memory before a transaction began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark(u64);

impl Standing {
    fn inner(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn mark(&self) -> Mark {
        Mark(self.inner().drops)
    }

    /// Drops what another process changed. What is still read from a snapshot of before is not kept.
    pub(super) fn hear(&self, event: &Event) {
        if event.changes_standing() {
            self.forget(event.tenant);
        }
    }

    fn get(&self, key: (TenantId, TypeId), now: Timestamp) -> Option<Value> {
        let inner = self.inner();
        let (value, read_at) = inner.values.get(&key)?;
        fresh(*read_at, now).then(|| Arc::clone(value))
    }

    fn put(&self, key: (TenantId, TypeId), value: &Value, now: Timestamp, mark: Mark) {
        let mut inner = self.inner();
        if Mark(inner.drops) == mark {
            // Tenants that nobody asks for go, so that memory holds those at work.
            inner.values.retain(|_, (_, read_at)| fresh(*read_at, now));
            inner.values.insert(key, (Arc::clone(value), now));
        }
    }

    /// Drops all of a tenant.
    pub(super) fn forget(&self, tenant: TenantId) {
        if mutant::active(Mutant::NoForgetting) {
            return;
        }
        let mut inner = self.inner();
        inner.drops += 1;
        inner.values.retain(|(of, _), _| *of != tenant);
    }
}

/// A clock that was set back makes a value stale, never immortal.
fn fresh(read_at: Timestamp, now: Timestamp) -> bool {
    (0..LIFE).contains(&now.micros().saturating_sub(read_at.micros()))
}

/// What one transaction knows of standing tables.
pub(super) struct Known {
    mark: Mark,
    /// What it used: one transaction sees one state, however long it lasts.
    used: Mutex<HashMap<TypeId, Value>>,
    /// Tenants whose standing tables it changed.
    changed: Mutex<BTreeSet<TenantId>>,
    /// Whether it asks the tables whatever is remembered.
    asks_tables: AtomicBool,
}

impl Known {
    pub(super) fn since(mark: Mark) -> Self {
        let asks_tables = AtomicBool::default();
        Self { mark, used: Mutex::default(), changed: Mutex::default(), asks_tables }
    }

    pub(super) fn note_change(&self, tenant: TenantId) {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant);
    }

    /// Another tenant's tables are another matter.
    pub(super) fn enter(&mut self) {
        self.used = Mutex::default();
    }

    fn asks_tables(&self) -> bool {
        self.asks_tables.load(Ordering::Relaxed) && !mutant::active(Mutant::HeardBefore)
    }

    fn has_changed(&self, tenant: TenantId) -> bool {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner).contains(&tenant)
    }

    fn used(&self) -> MutexGuard<'_, HashMap<TypeId, Value>> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tx {
    /// From now on asks the standing tables themselves: what it says then is as new as its snapshot. Whoever remembers it for longer
    /// than a moment needs that, for what is remembered here may be older than an event that they heard.
    pub(crate) fn ask_tables(&self) {
        self.known().asks_tables.store(true, Ordering::Relaxed);
    }

    /// What follows from the standing tables; `None` in a transaction that changed them or wants to know what holds now, which must
    /// ask the tables themselves.
    pub(crate) async fn standing<T: Derived>(&self) -> Result<Option<Arc<T>>, StoreError> {
        let (tenant, kind) = (self.scope().tenant(), TypeId::of::<T>());
        if self.known().has_changed(tenant) || self.known().asks_tables() {
            return Ok(None);
        }
        let tenant =
            if mutant::active(Mutant::SharedMemory) { TenantId::from_uuid(Uuid::nil()) } else { tenant };
        let used = self.known().used().get(&kind).cloned();
        let remembered = used.or_else(|| {
            cached::noted(cached::STANDING, self.db().standing().get((tenant, kind), self.now()))
        });
        let value = if let Some(value) = remembered {
            value
        } else {
            let value: Value = Arc::new(T::derive(self).await?);
            self.db().standing().put((tenant, kind), &value, self.now(), self.known().mark);
            value
        };
        self.known().used().insert(kind, Arc::clone(&value));
        Ok(value.downcast::<T>().ok())
    }
}

/// Drops what is remembered of the tenants that a transaction changed, when it is dropped itself: whatever
/// becomes of the commit, and of whoever waits for it.
pub(super) struct Forgetting {
    db: Db,
    changed: BTreeSet<TenantId>,
}

impl Forgetting {
    pub(super) fn of(tx: &Tx) -> Self {
        let changed = std::mem::take(&mut *tx.known().changed.lock().unwrap_or_else(PoisonError::into_inner));
        Self { db: tx.db().clone(), changed }
    }
}

impl Drop for Forgetting {
    fn drop(&mut self) {
        for tenant in &self.changed {
            self.db.standing().forget(*tenant);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(tenant: u128) -> (TenantId, TypeId) {
        (TenantId::from_uuid(Uuid::from_u128(tenant)), TypeId::of::<u8>())
    }

    fn put(standing: &Standing, tenant: u128, now: i64, mark: Mark) {
        let value: Value = Arc::new(7_u8);
        standing.put(key(tenant), &value, Timestamp(now), mark);
    }

    #[test]
    fn a_value_ends_in_time_and_is_its_tenants() {
        let standing = Standing::default();
        put(&standing, 1, 0, standing.mark());
        assert!(standing.get(key(1), Timestamp(LIFE - 1)).is_some());
        assert!(standing.get(key(1), Timestamp(LIFE)).is_none(), "over");
        assert!(standing.get(key(1), Timestamp(-1)).is_none(), "the clock was set back");
        assert!(standing.get(key(2), Timestamp(0)).is_none(), "another tenant");
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let standing = Standing::default();
        let before = standing.mark();
        put(&standing, 1, 0, before);
        put(&standing, 2, 0, before);
        standing.forget(key(1).0);
        assert!(standing.get(key(1), Timestamp(0)).is_none());
        assert!(standing.get(key(2), Timestamp(0)).is_some(), "nothing of it changed");
        put(&standing, 1, 0, before);
        assert!(standing.get(key(1), Timestamp(0)).is_none(), "read before the change");
        put(&standing, 1, 0, standing.mark());
        assert!(standing.get(key(1), Timestamp(0)).is_some());
    }

    #[test]
    fn tenants_that_nobody_asks_for_go() {
        let standing = Standing::default();
        for tenant in 0..100_u32 {
            put(&standing, u128::from(tenant), i64::from(tenant) * LIFE, standing.mark());
            assert_eq!(standing.inner().values.len(), 1);
        }
    }
}
