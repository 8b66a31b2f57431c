//! Reading the audit trail (审计记录): who did what, when, and where it stands in the chain of the tenant.
//!
//! - It is written with every change (`crate::store`) and sealed after the commit; nobody changes it, and this slice reads and adds.
//! - What somebody may not do and tried is in it too, so many times an hour.
//! - Whoever holds `AUDIT_READ` reads all of their tenant's, and nobody else any of it: neither the administrator of the system
//!   nor the commander (requirement A7).
//! - Reading it is in it: every page that is handed out leaves one entry, with what was searched for. An entry by its id leaves none: who knows
//!   its id has it from a page. A file of it leaves what every file that goes out does.

mod anchor;
pub(crate) mod directory;
mod error;
mod model;
mod service;
mod store;

use std::time::Duration;

use crate::kernel::bucket::Rate;

pub use anchor::{anchor_line, read_anchor};
pub use error::AuditError;
pub use model::{AuditEntry, AuditFilter, AuditSeal, Refused};
pub use service::AuditService;

/// Entries that an account makes by what it is refused, unless a setting says otherwise: people try a few times a day what they may not do.
pub const REFUSALS: Rate = Rate { burst: 60, every: Duration::from_mins(1) };
