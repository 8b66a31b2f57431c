//! The keys of issuers, as they were fetched: kept for an hour, and for a day where nobody answers.
//!
//! Whoever shows tokens with keys that nobody knows makes nobody ask more than once a minute (requirement A2), or once in five seconds while there
//! are none, and nobody wait whose key is known, but for the one who fetches what is an hour old.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jsonwebtoken::jwk::Jwk;
use tokio::sync::Semaphore;

use crate::federation::claims::read_keys;
use crate::federation::doors::{DoorFault, Doors};
use crate::federation::model::IdentityProvider;
use crate::kernel::id::{IdentityProviderId, Timestamp};
use crate::kernel::mutant::{self, Mutant};

/// Seconds after which keys are fetched anew: a key that an issuer took back counts no longer than that, where it answers.
const FRESH_SECONDS: i64 = 3_600;
/// Seconds for which they count where nobody answers (requirement A2).
const STALE_SECONDS: i64 = 86_400;
/// Least seconds between two fetches (requirement A2).
const PAUSE_SECONDS: i64 = 60;
/// The same while there are none yet.
const FIRST_PAUSE_SECONDS: i64 = 5;

/// What is kept of one issuer.
#[derive(Default)]
struct Kept {
    url: String,
    keys: Vec<Jwk>,
    fetched_at: Option<Timestamp>,
    tried_at: Option<Timestamp>,
}

/// The keys of one issuer, and who fetches them.
#[derive(Default)]
struct Ring {
    kept: Mutex<Kept>,
    fetching: tokio::sync::Mutex<()>,
}

/// The keys of every issuer that somebody came by.
pub(super) struct Keys {
    rings: Mutex<HashMap<IdentityProviderId, Arc<Ring>>>,
    turns: Semaphore,
}

/// Whom to ask, and what time it is.
pub(super) struct Outside<'a> {
    pub(super) doors: &'a dyn Doors,
    pub(super) now: &'a (dyn Fn() -> Timestamp + Sync),
}

impl Keys {
    /// None yet; so many are fetched at a time.
    pub(super) fn new(at_once: usize) -> Self {
        Self { rings: Mutex::default(), turns: Semaphore::new(at_once) }
    }

    /// The key with an id of an issuer; none when it has no such key.
    ///
    /// # Errors
    /// When none were ever fetched, or not for a day.
    pub(super) async fn find(
        &self,
        provider: &IdentityProvider,
        kid: &str,
        outside: Outside<'_>,
    ) -> Result<Option<Jwk>, DoorFault> {
        let ring = self.ring(provider.id);
        let url = provider.jwks_url().unwrap_or_default();
        let (known, wanted) = ring.kept(url).look(kid, (outside.now)());
        let settled = matches!(known, Ok(Some(_)));
        if !wanted && (settled || ring.fetching.try_lock().is_ok()) {
            return known;
        }
        // What is old counts while somebody fetches what is new; who has nothing waits for what comes of it.
        let turn = if settled { ring.fetching.try_lock().ok() } else { Some(ring.fetching.lock().await) };
        let Some(_turn) = turn else { return known };
        let (known, wanted) = ring.kept(url).look(kid, (outside.now)());
        if !wanted {
            return known;
        }
        let Ok(_permit) = self.turns.try_acquire() else {
            // Nobody could be asked whether there is such a key.
            return known.and_then(|key| key.map(Some).ok_or(DoorFault::Unreachable));
        };
        ring.kept(url).tried_at = Some((outside.now)());
        let fetched = outside.doors.keys(url).await;
        let now = (outside.now)();
        let mut kept = ring.kept(url);
        // The pause begins when it is over, or those who waited would ask one after the other.
        kept.tried_at = Some(now);
        match fetched.map(|text| read_keys(&text)) {
            Ok(Some(keys)) => (kept.keys, kept.fetched_at) = (keys, Some(now)),
            Ok(None) => tracing::warn!(provider = %provider.id, "the keys of an issuer cannot be read"),
            Err(fault) => {
                tracing::warn!(provider = %provider.id, ?fault, "the keys of an issuer cannot be fetched");
            }
        }
        kept.look(kid, now).0
    }

    fn ring(&self, provider: IdentityProviderId) -> Arc<Ring> {
        let mut rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(rings.entry(provider).or_default())
    }
}

impl Ring {
    /// What is kept of the issuer at this address; what was fetched from another one counts no more.
    fn kept(&self, url: &str) -> MutexGuard<'_, Kept> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.url != url {
            *kept = Kept { url: url.to_owned(), ..Kept::default() };
        }
        kept
    }
}

impl Kept {
    /// The key, as far as keys count, and whether they should be fetched.
    fn look(&self, kid: &str, now: Timestamp) -> (Result<Option<Jwk>, DoorFault>, bool) {
        let key = self.keys.iter().find(|key| key.common.key_id.as_deref() == Some(kid)).cloned();
        let age = self.fetched_at.map(|at| since(at, now));
        let fresh = age.is_some_and(|age| age < FRESH_SECONDS);
        let wanted = (key.is_none() || !fresh) && self.may_ask(now);
        let lost = mutant::active(Mutant::LostKeys) && !fresh;
        let counts = age.is_some_and(|age| age < STALE_SECONDS) && !lost;
        // A key that is not there may be new where the last fetch brought nothing.
        let failed = self.tried_at > self.fetched_at && !mutant::active(Mutant::UnaskedKeys);
        let unasked = key.is_none() && failed;
        (if counts && !unasked { Ok(key) } else { Err(DoorFault::Unreachable) }, wanted)
    }

    fn may_ask(&self, now: Timestamp) -> bool {
        let pause = if self.fetched_at.is_some() { PAUSE_SECONDS } else { FIRST_PAUSE_SECONDS };
        self.tried_at.is_none_or(|at| since(at, now) >= pause) || mutant::active(Mutant::EagerKeys)
    }
}

/// Seconds between two instants, whichever was first: a clock may be set back.
fn since(at: Timestamp, now: Timestamp) -> i64 {
    (now.micros() - at.micros()).abs().div_euclid(1_000_000)
}
