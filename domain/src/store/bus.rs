//! The bus of the process: events in the order of their positions, to whoever follows them and to whoever remembers
//! what they change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::broadcast;

use crate::kernel::event::{Event, Hearer};
use crate::kernel::id::TenantId;
use crate::kernel::mutant::{self, Mutant};
use crate::store::Db;

/// Events kept for whoever hears of all tenants and is slow.
const CAPACITY: usize = 4_096;

/// The same of one tenant: what is beyond it is read from the outbox.
const TENANT_CAPACITY: usize = 1_024;

/// How long ago the outbox was looked at, at most, where what others did is taken for heard.
const ABREAST: Duration = Duration::from_secs(2);

/// Who is told of events.
pub(super) struct Bus {
    followers: broadcast::Sender<Arc<Event>>,
    /// Of the tenants that somebody follows, so that an event wakes nobody elsewhere.
    tenants: Mutex<HashMap<TenantId, broadcast::Sender<Arc<Event>>>>,
    hearers: Mutex<Vec<Weak<dyn Hearer>>>,
    /// When the outbox was last read to its end.
    looked: Mutex<Option<Instant>>,
}

impl Default for Bus {
    fn default() -> Self {
        let (followers, _) = broadcast::channel(CAPACITY);
        Self { followers, tenants: Mutex::default(), hearers: Mutex::default(), looked: Mutex::default() }
    }
}

impl Db {
    /// The events of every tenant, from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Event>> {
        self.bus().followers.subscribe()
    }

    /// The events of one tenant, from now on.
    pub(super) fn subscribe_to(&self, tenant: TenantId) -> broadcast::Receiver<Arc<Event>> {
        let mut tenants = self.bus().tenants.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.entry(tenant).or_insert_with(|| broadcast::channel(TENANT_CAPACITY).0).subscribe()
    }

    /// Tells somebody of every event, for as long as they live.
    pub(crate) fn tell(&self, hearer: Weak<dyn Hearer>) {
        let mut hearers = self.bus().hearers.lock().unwrap_or_else(PoisonError::into_inner);
        hearers.retain(|known| known.strong_count() > 0);
        hearers.push(hearer);
    }

    /// Whether this process heard of everything that others did until some instants ago. One whose relay does not run,
    /// or hears nothing from the database, must not trust its memory for long.
    pub(crate) fn is_abreast(&self) -> bool {
        let looked = *self.bus().looked.lock().unwrap_or_else(PoisonError::into_inner);
        looked.is_some_and(|looked| looked.elapsed() < ABREAST)
    }

    /// Notes that everything which was placed before `began` is published.
    pub(super) fn note_look(&self, began: Instant) {
        *self.bus().looked.lock().unwrap_or_else(PoisonError::into_inner) = Some(began);
    }

    /// Publishes an event. What is remembered of what it changes goes first: whoever follows may ask at once.
    pub(super) fn publish(&self, event: Arc<Event>) {
        if !mutant::active(Mutant::DeafMemory) {
            self.standing().hear(&event);
            let hearers = self.bus().hearers.lock().unwrap_or_else(PoisonError::into_inner).clone();
            for hearer in hearers.iter().filter_map(Weak::upgrade) {
                hearer.hear(&event);
            }
        }
        let tenant = event.tenant;
        let mut tenants = self.bus().tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if tenants.get(&tenant).is_some_and(|bus| bus.send(Arc::clone(&event)).is_err()) {
            // Nobody follows it any more.
            tenants.remove(&tenant);
        }
        drop(tenants);
        // Nobody listening is no error.
        let _ = self.bus().followers.send(event);
    }
}
