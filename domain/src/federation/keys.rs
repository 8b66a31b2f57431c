//! The keys of issuers, as they were fetched: kept for an hour, and for a day where nobody answers.
//!
//! Whoever shows tokens with keys that nobody knows makes nobody ask more than once a minute (requirement A2).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jsonwebtoken::jwk::Jwk;

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
struct Ring {
    url: String,
    keys: Vec<Jwk>,
    fetched_at: Option<Timestamp>,
    tried_at: Option<Timestamp>,
}

/// The keys of every issuer that somebody came by.
#[derive(Default)]
pub(super) struct Keys {
    rings: Mutex<HashMap<IdentityProviderId, Arc<tokio::sync::Mutex<Ring>>>>,
}

impl Keys {
    /// The key with an id of an issuer; none when it has no such key.
    ///
    /// # Errors
    /// When none were ever fetched, or not for a day.
    pub(super) async fn find(
        &self,
        provider: &IdentityProvider,
        kid: &str,
        (doors, now): (&dyn Doors, Timestamp),
    ) -> Result<Option<Jwk>, DoorFault> {
        let ring = self.ring(provider.id);
        // One fetches, the others wait for what comes of it.
        let mut ring = ring.lock().await;
        let url = provider.jwks_url().unwrap_or_default();
        if ring.url != url {
            *ring = Ring { url: url.to_owned(), ..Ring::default() };
        }
        let known = ring.key(kid);
        let fresh = ring.fetched_at.is_some_and(|at| since(at, now) < FRESH_SECONDS);
        if (known.is_none() || !fresh) && ring.may_ask(now) {
            ring.tried_at = Some(now);
            match doors.keys(url).await {
                Ok(text) => match read_keys(&text) {
                    Some(keys) => {
                        ring.keys = keys;
                        ring.fetched_at = Some(now);
                    }
                    None => tracing::warn!(provider = %provider.id, "the keys of an issuer cannot be read"),
                },
                Err(fault) => {
                    tracing::warn!(provider = %provider.id, ?fault, "the keys of an issuer cannot be fetched")
                }
            }
        }
        let counts = ring.fetched_at.is_some_and(|at| since(at, now) < STALE_SECONDS);
        let lost = mutant::active(Mutant::LostKeys) && ring.fetched_at != ring.tried_at;
        if counts && !lost { Ok(ring.key(kid)) } else { Err(DoorFault::Unreachable) }
    }

    fn ring(&self, provider: IdentityProviderId) -> Arc<tokio::sync::Mutex<Ring>> {
        let mut rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(rings.entry(provider).or_default())
    }
}

impl Ring {
    fn key(&self, kid: &str) -> Option<Jwk> {
        self.keys.iter().find(|key| key.common.key_id.as_deref() == Some(kid)).cloned()
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
