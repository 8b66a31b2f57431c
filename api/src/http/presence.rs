//! How many sockets or streams each user holds open, or all strangers together.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Counts by key. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Presence {
    counts: Arc<Mutex<HashMap<String, usize>>>,
}

impl Presence {
    /// One more of this key, or `None` at the cap.
    pub(super) fn enter(&self, key: &str, cap: usize) -> Option<Place> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get(key).copied().unwrap_or_default();
        if count >= cap {
            return None;
        }
        counts.insert(key.to_owned(), count + 1);
        drop(counts);
        Some(Place { presence: self.clone(), key: key.to_owned() })
    }
}

/// A place taken; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Place {
    presence: Presence,
    key: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        let key = self.key.as_str();
        let mut counts = self.presence.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(key);
            }
        }
    }
}
