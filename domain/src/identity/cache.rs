//! Remembers who is asking for some seconds, so that a client's burst of requests is resolved once.
//!
//! Per process and bounded. What this process changes is dropped at once; what another one changes
//! counts when the entry ends (requirement A4: at most 60 seconds).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::kernel::id::{AccountId, SessionId, TenantId, Timestamp};
use crate::kernel::scope::Who;

type Key = (TenantId, AccountId, SessionId);

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

    fn fresh(&self, entry: &Entry, now: Timestamp) -> bool {
        // A clock that was set back makes an entry stale, never immortal.
        (0..self.life_micros).contains(&now.micros().saturating_sub(entry.read_at.micros()))
    }

    /// What is remembered, or the permit to read and remember it.
    pub(super) fn get(&self, key: Key, now: Timestamp) -> Result<Arc<Who>, Reading> {
        let inner = self.inner();
        match inner.entries.get(&key) {
            Some(entry) if self.fresh(entry, now) => Ok(Arc::clone(&entry.who)),
            _ => Err(Reading(inner.drops)),
        }
    }

    /// Remembers what was read, unless something was dropped meanwhile.
    pub(super) fn put(&self, key: Key, who: &Arc<Who>, now: Timestamp, reading: Reading) {
        let mut inner = self.inner();
        if inner.drops != reading.0 || self.life_micros == 0 {
            return;
        }
        if inner.entries.len() >= self.most {
            inner.entries.retain(|_, entry| self.fresh(entry, now));
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
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

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
        })
    }

    fn put(cache: &WhoCache, number: u128, now: i64) {
        let reading = cache.get(key(number), Timestamp(now)).expect_err("not remembered yet");
        cache.put(key(number), &who(key(number)), Timestamp(now), reading);
    }

    #[test]
    fn an_entry_ends_in_time_and_with_a_clock_set_back() {
        let cache = WhoCache::new(5_000, 10);
        put(&cache, 1, 0);
        assert!(cache.get(key(1), Timestamp(4_999_999)).is_ok());
        assert!(cache.get(key(1), Timestamp(5_000_000)).is_err());
        assert!(cache.get(key(1), Timestamp(-1)).is_err());
        assert!(cache.get(key(2), Timestamp(0)).is_err());
    }

    #[test]
    fn a_changed_account_is_forgotten_even_by_a_reading_under_way() {
        let cache = WhoCache::new(5_000, 10);
        put(&cache, 1, 0);
        let reading = cache.get(key(2), Timestamp(0)).expect_err("unknown");
        cache.drop_account(key(1).0, key(1).1);
        assert!(cache.get(key(1), Timestamp(0)).is_err());
        cache.put(key(2), &who(key(2)), Timestamp(0), reading);
        assert!(cache.get(key(2), Timestamp(0)).is_err(), "read before the drop");
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
