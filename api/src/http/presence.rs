//! How many sockets or streams each user holds open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts per user. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Presence {
    counts: Arc<Mutex<HashMap<String, usize>>>,
}

impl Presence {
    /// One more of this user, or `None` at the cap. Anonymous callers are not counted here: the server's
    /// cap on connections bounds them.
    pub(super) fn enter(&self, key: Option<&str>, cap: usize) -> Option<Place> {
        if let Some(key) = key {
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            let count = counts.entry(key.to_owned()).or_default();
            if *count >= cap {
                return None;
            }
            *count += 1;
        }
        Some(Place { presence: self.clone(), key: key.map(str::to_owned) })
    }
}

/// A place taken; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Place {
    presence: Presence,
    key: Option<String>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(key) = &self.key else { return };
        let mut counts = self.presence.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(key);
            }
        }
    }
}
