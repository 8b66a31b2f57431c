//! What is true and allowed: the slices, the kernel they share and the store below them.
//!
//! No GraphQL, no HTTP, no Redis. A slice is reached through its face, the items its `mod.rs`
//! re-exports; its store is private.

pub mod audit;
pub mod calendars;
pub mod cases;
pub mod catalogue;
pub mod exchange;
pub mod federation;
pub mod fieldwork;
pub mod files;
pub mod identity;
pub mod kernel;
pub mod leaving;
pub mod org;
pub mod oversight;
pub mod personal;
pub mod programmes;
pub mod sheets;
pub mod staff;
pub(crate) mod store;
pub mod webhooks;

#[cfg(feature = "mutants")]
pub use store::Probe;
pub use store::{
    AUDIT_LEAST_DAYS, Anchored, ChainReport, Counted, Db, DbOptions, Doctor, EventLog, Fact, Following,
    Leaving, LeavingRow, LeavingTable, Missed, Past, Reader, Relay, Resealed, Resealer, Rewrite,
    SEALED_COLUMNS, SealedColumn, Sealer, StoreError, Told, UNREADABLE,
};
