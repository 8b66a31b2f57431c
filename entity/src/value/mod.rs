//! Column values whose encoding is the same on both databases.

mod sealed;
mod timestamp;

pub use sealed::{BlindIndex, SealedBytes};
pub use timestamp::Timestamp;
