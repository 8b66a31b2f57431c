//! The bus of the process: events in the order of their positions, to whoever follows them and to whoever remembers
//! what they change.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::broadcast;

use crate::kernel::event::{Event, EventCursor, Hearer};
use crate::kernel::id::TenantId;
use crate::kernel::mutant::{self, Mutant};
use crate::store::Db;

/// Events kept for whoever hears of all tenants and is slow.
const CAPACITY: usize = 4_096;

/// The same of one tenant: what is beyond it is read from the outbox.
const TENANT_CAPACITY: usize = 1_024;

/// How long ago the outbox was looked at, at most, where what others did is taken for heard.
const ABREAST: Duration = Duration::from_secs(2);

/// What a process carries of the events of one tenant.
#[derive(Clone, Debug)]
pub(super) enum Heard {
    /// The next event.
    Event(Arc<Event>),
    /// The next event has this place, and nobody can read what it tells.
    Unreadable(EventCursor),
    /// This is the newest place, and what led there is not to be had: it is no longer kept, or the database was restored.
    Gap(EventCursor),
}

/// Who is told of events.
pub(super) struct Bus {
    followers: broadcast::Sender<Arc<Event>>,
    /// Of the tenants that somebody follows, so that an event wakes nobody elsewhere.
    tenants: Mutex<HashMap<TenantId, broadcast::Sender<Heard>>>,
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
    /// The events of every tenant, from now on, as far as they can be read.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Event>> {
        self.bus().followers.subscribe()
    }

    /// What happens in one tenant, from now on.
    pub(super) fn subscribe_to(&self, tenant: TenantId) -> broadcast::Receiver<Heard> {
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

    /// Notes that everything which was committed before `began` is placed and published.
    pub(super) fn note_look(&self, began: Instant) {
        *self.bus().looked.lock().unwrap_or_else(PoisonError::into_inner) = Some(began);
    }

    /// Tells of what happened in a tenant. What is remembered of what it changed goes first: whoever follows may ask at once.
    pub(super) fn publish(&self, tenant: TenantId, heard: Heard) {
        if !mutant::active(Mutant::DeafMemory) {
            self.remind(tenant, &heard);
        }
        let mut tenants = self.bus().tenants.lock().unwrap_or_else(PoisonError::into_inner);
        if tenants.get(&tenant).is_some_and(|bus| bus.send(heard.clone()).is_err()) {
            // Nobody follows it any more.
            tenants.remove(&tenant);
        }
        drop(tenants);
        if let Heard::Event(event) = heard {
            // Nobody listening is no error.
            let _ = self.bus().followers.send(event);
        }
    }

    /// Whoever remembers something forgets what changed: all of the tenant, where nobody knows what did.
    fn remind(&self, tenant: TenantId, heard: &Heard) {
        let hearers = self.bus().hearers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let hearers = hearers.iter().filter_map(Weak::upgrade);
        match heard {
            Heard::Event(event) => {
                self.standing().hear(event);
                hearers.for_each(|hearer| hearer.hear(event));
            }
            Heard::Unreadable(_) | Heard::Gap(_) => {
                self.standing().forget(tenant);
                hearers.for_each(|hearer| hearer.forget(tenant));
            }
        }
    }
}
