//! Files of rows that come in and go out, as district clerks work with them (导入、导出).
//!
//! - Who brings or takes a file sees it, and nobody else.
//! - A file that comes in does what its bringer could do by hand, all of it or nothing; the same file twice
//!   changes nothing, so that one whose end nobody heard of is brought in again.
//! - A file that goes out holds what its taker sees, masked as they see it; its bytes are sealed, every
//!   taking is in the audit trail with its purpose, and it is removed after some hours.
//! - A file of more people than its taker may take alone waits for somebody else's word (导出审批); each row names the file, and the trail names
//!   each row.
//! - Both are worked on by the process where they began. What their end is stands in the database.

mod command;
mod error;
mod model;
mod selection;
mod service;
mod store;
mod work;

pub use command::{DecideExport, StartExport, StartImport};
pub use error::{SheetError, SheetErrorCode};
pub use model::{Decision, Export, ExportKind, ExportReview, Import, ImportKind, ReviewState, WorkState};
pub use service::{ExportSettings, SheetService, SheetServices, SheetSettings};
