//! Where new ids come from: `UUIDv7` of the present instant, random or seeded.

use std::sync::Mutex;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use uuid::{Builder, Uuid};

use crate::kernel::id::Timestamp;

/// Gives the random part of new ids.
pub trait IdSource: Send + Sync {
    /// Ten bytes that were not given before.
    fn entropy(&self) -> [u8; 10];
}

/// A `UUIDv7` of an instant. Ids of one millisecond have no order among themselves.
pub fn uuid_v7(source: &dyn IdSource, now: Timestamp) -> Uuid {
    let millis = u64::try_from(now.micros() / 1_000).unwrap_or_default();
    Builder::from_unix_timestamp_millis(millis, &source.entropy()).into_uuid()
}

/// Ids from the system's random source.
#[derive(Debug, Default)]
pub struct RandomIds(SystemRandom);

impl IdSource for RandomIds {
    fn entropy(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        // The library's source fails only when the operating system has none.
        if self.0.fill(&mut bytes).is_err() {
            std::process::abort();
        }
        bytes
    }
}

/// Ids that repeat from run to run: for the demo and for tests.
#[derive(Debug)]
pub struct SeededIds(Mutex<u64>);

impl SeededIds {
    /// Ids that follow from `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl IdSource for SeededIds {
    fn entropy(&self) -> [u8; 10] {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut bytes = [0; 10];
        for chunk in bytes.chunks_mut(8) {
            let word = split_mix(&mut state).to_be_bytes();
            let length = chunk.len();
            chunk.copy_from_slice(&word[..length]);
        }
        bytes
    }
}

/// `SplitMix64`: every seed gives a full-period sequence.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut word = *state;
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}
