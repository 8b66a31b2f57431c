//! Remembers who is asking for some seconds, so that a client's burst of requests is resolved once.
//!
//! Per process and bounded. What this process changes is dropped at once; what another one changes when its event
//! is heard. A process that hears of nothing trusts an entry for two seconds and no longer (requirement A4: at most
//! 60 seconds).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::kernel::cached;
use crate::kernel::event::{Event, Hearer};
use crate::kernel::id::{AccountId, SessionId, TenantId, Timestamp};
use crate::kernel::scope::Who;

type Key = (TenantId, AccountId, SessionId);

/// Longest life of an entry in a process that may have missed what others changed, in microseconds.
const UNTOLD_MICROS: i64 = 2_000_000;

/// Whether this process hears of what others change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// It does.
    Abreast,
    /// It may have missed something.
    Behind,
}

#[derive(Debug)]
pub(super) struct WhoCache {
    life_micros: i64,
    most: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    entries: HashMap<Key, Entry>,
    /// Counts what was dropped: what was read before a drop is not kept after it.
    drops: u64,
}

#[derive(Debug)]
struct Entry {
    who: Arc<Who>,
    read_at: Timestamp,
}

/// The state of the cache when a reading began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading(u64);

impl WhoCache {
    pub(super) fn new(life_millis: i64, most: usize) -> Self {
        Self { life_micros: life_millis.saturating_mul(1_000), most, inner: Mutex::default() }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fresh(&self, entry: &Entry, now: Timestamp, told: Told) -> bool {
        let life = if told == Told::Behind { self.life_micros.min(UNTOLD_MICROS) } else { self.life_micros };
        // A clock that was set back makes an entry stale, never immortal.
        (0..life).contains(&now.micros().saturating_sub(entry.read_at.micros()))
    }

    /// What is remembered, or the permit to read and remember it.
    pub(super) fn get(&self, key: Key, now: Timestamp, told: Told) -> Result<Arc<Who>, Reading> {
        let inner = self.inner();
        let found = inner.entries.get(&key).filter(|entry| self.fresh(entry, now, told));
        match cached::noted(cached::GRANTS, found) {
            Some(entry) => Ok(Arc::clone(&entry.who)),
            None => Err(Reading(inner.drops)),
        }
    }

    /// Remembers what was read, unless something was dropped meanwhile.
    pub(super) fn put(&self, key: Key, who: &Arc<Who>, now: Timestamp, reading: Reading) {
        let mut inner = self.inner();
        if inner.drops != reading.0 || self.life_micros == 0 {
            return;
        }
        if inner.entries.len() >= self.most {
            inner.entries.retain(|_, entry| self.fresh(entry, now, Told::Abreast));
        }
        if inner.entries.len() >= self.most {
            inner.entries.clear();
        }
        inner.entries.insert(key, Entry { who: Arc::clone(who), read_at: now });
    }

    /// Forgets an account in all its sessions.
    pub(super) fn drop_account(&self, tenant: TenantId, account: AccountId) {
        let mut inner = self.inner();
        inner.drops += 1;
        inner.entries.retain(|(of, whose, _), _| (*of, *whose) != (tenant, account));
    }

    /// Forgets everyone of a tenant.
    fn drop_tenant(&self, tenant: TenantId) {
        let mut inner = self.inner();
        inner.drops += 1;
        inner.entries.retain(|(of, ..), _| *of != tenant);
    }
}

impl Hearer for WhoCache {
    fn hear(&self, event: &Event) {
        if let Some(account) = event.access_of() {
            self.drop_account(event.tenant, account);
        } else if event.moves_ground() {
            self.drop_tenant(event.tenant);
        }
    }

    fn forget(&self, tenant: TenantId) {
        self.drop_tenant(tenant);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::kernel::id::EventId;
    use crate::kernel::place::Visibility;

    fn key(number: u128) -> Key {
        (
            TenantId::from_uuid(Uuid::from_u128(1)),
            AccountId::from_uuid(Uuid::from_u128(number)),
            SessionId::from_uuid(Uuid::from_u128(number)),
        )
    }

    fn who(key: Key) -> Arc<Who> {
        Arc::new(Who {
            tenant: key.0,
            account: Some(key.1),
            session: Some(key.2),
            held: vec![],
            system: false,
            reads_only: false,
        })
    }

    fn get(cache: &WhoCache, number: u128, now: i64) -> Result<Arc<Who>, Reading> {
        cache.get(key(number), Timestamp(now), Told::Abreast)
    }

    fn put(cache: &WhoCache, number: u128, now: i64) {
        let reading = get(cache, number, now).expect_err("not remembered yet");
        cache.put(key(number), &who(key(number)), Timestamp(now), reading);
    }

    #[test]
    fn an_entry_ends_in_time_and_with_a_clock_set_back() {
        let cache = WhoCache::new(5_000, 10);
        put(&cache, 1, 0);
        assert!(get(&cache, 1, 4_999_999).is_ok());
        assert!(get(&cache, 1, 5_000_000).is_err());
        assert!(get(&cache, 1, -1).is_err());
        assert!(get(&cache, 2, 0).is_err());
    }

    #[test]
    fn whoever_may_have_missed_something_trusts_it_for_two_seconds() {
        for (life, trusted) in [(5_000, 2_000_000), (1_000, 1_000_000), (0, 0)] {
            let cache = WhoCache::new(life, 10);
            put(&cache, 1, 0);
            assert_eq!(cache.get(key(1), Timestamp(trusted - 1), Told::Behind).is_ok(), life > 0);
            assert!(cache.get(key(1), Timestamp(trusted), Told::Behind).is_err());
        }
    }

    #[test]
    fn what_is_heard_of_an_account_or_of_the_ground_is_forgotten() {
        let heard = |aggregate: &str, account: u128| Event {
            id: EventId::from_uuid(Uuid::from_u128(9)),
            tenant: key(1).0,
            position: 1,
            aggregate: aggregate.to_owned(),
            aggregate_id: Uuid::from_u128(77),
            version: 1,
            name: String::new(),
            occurred_at: Timestamp(0),
            account: None,
            payload: serde_json::json!({ "account": Uuid::from_u128(account) }),
            before: None,
            after: Visibility::default(),
        };
        let cache = WhoCache::new(5_000, 10);
        put(&cache, 1, 0);
        put(&cache, 2, 0);
        let known = |numbers: [u128; 2]| numbers.map(|number| get(&cache, number, 0).is_ok());
        cache.hear(&heard("case", 1));
        assert_eq!(known([1, 2]), [true, true]);
        cache.hear(&heard("role_grant", 1));
        assert_eq!(known([1, 2]), [false, true]);
        cache.hear(&Event { tenant: TenantId::from_uuid(Uuid::from_u128(8)), ..heard("unit", 1) });
        assert_eq!(known([1, 2]), [false, true], "another tenant's ground");
        cache.hear(&heard("unit", 7));
        assert_eq!(known([1, 2]), [false, false]);
        put(&cache, 1, 0);
        cache.forget(TenantId::from_uuid(Uuid::from_u128(8)));
        assert_eq!(known([1, 2]), [true, false], "another tenant");
        cache.forget(key(1).0);
        assert_eq!(known([1, 2]), [false, false]);
    }

    #[test]
    fn a_changed_account_is_forgotten_even_by_a_reading_under_way() {
        let cache = WhoCache::new(5_000, 10);
        put(&cache, 1, 0);
        let reading = get(&cache, 2, 0).expect_err("unknown");
        cache.drop_account(key(1).0, key(1).1);
        assert!(get(&cache, 1, 0).is_err());
        cache.put(key(2), &who(key(2)), Timestamp(0), reading);
        assert!(get(&cache, 2, 0).is_err(), "read before the drop");
    }

    #[test]
    fn it_holds_no_more_than_it_may() {
        let cache = WhoCache::new(5_000, 3);
        for number in 1..=100 {
            put(&cache, number, 0);
            assert!(cache.inner().entries.len() <= 3);
        }
    }
}
