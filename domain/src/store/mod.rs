//! The only door to the database.
//!
//! [`Db`] opens a [`Tx`] for a scope; a `Tx` offers statements on tenant tables only, with the tenant
//! and the reach added by construction. It is not a connection: nothing outside this module can run
//! SQL of its own.

mod bus;
mod callers;
mod db;
mod deployment;
mod doctor;
mod due;
mod error;
mod following;
mod keyset;
mod leaving;
mod lookup;
mod lookup_oversight;
mod outbox;
mod personal;
mod placing;
#[cfg(feature = "mutants")]
mod probe;
mod reach;
mod reader;
mod relay;
mod resealing;
mod rotating;
mod sealed_columns;
mod sealing;
mod search;
mod serial;
mod settings;
mod standing;
mod standing_open;
mod statement;
mod sweep;
mod tenant_keys;
mod trail;
mod tx;
mod unattached;
mod verifying;
mod ways;
mod wire;
mod write;

pub use db::{Db, DbOptions};
pub use deployment::Fact;
pub use doctor::Doctor;
pub use error::StoreError;
pub use following::{EventLog, Following, Missed, Past, Told};
pub use leaving::{Leaving, LeavingRow, LeavingTable, Rewrite, UNREADABLE};
#[cfg(feature = "mutants")]
pub use probe::Probe;
pub use reader::Reader;
pub use relay::Relay;
pub use resealing::{Counted, Resealed, Resealer};
pub use sealed_columns::{SEALED_COLUMNS, SealedColumn};
pub use sealing::Sealer;
pub use trail::AUDIT_LEAST_DAYS;
pub use verifying::{Anchored, ChainReport};

pub(crate) use callers::ToTell;
pub(crate) use due::DueCase;
pub(crate) use keyset::{Keyset, counted};
pub(crate) use lookup::{CredentialRow, KnownTenantRow};
pub(crate) use personal::Personal;
pub(crate) use rotating::{Kept, Rotating};
pub(crate) use search::containing;
pub(crate) use standing::Derived;
pub(crate) use statement::MOST_NAMED;
pub(crate) use statement::{Select, Update, any_of, one_of};
pub(crate) use tx::Tx;
pub(crate) use ways::Way;
pub(crate) use write::{Begun, Done, WriteTx};
