//! An instant as microseconds since the Unix epoch: see `docs/adr/0001`.

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

/// An instant, in whole microseconds since 1970-01-01T00:00:00Z.
///
/// PostgreSQL and SQLite both store it as a 64-bit integer, so it sorts and compares alike.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, DeriveValueType,
)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The instant as microseconds since the Unix epoch.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// This instant moved by a number of whole seconds; saturates at the ends of the range.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
}
