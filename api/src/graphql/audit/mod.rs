//! GraphQL of the audit slice: reading the trail.

mod query;
mod types;

pub use query::{AuditEntryFilter, AuditQuery};
pub use types::{AuditEntry, audit_entry_of};
