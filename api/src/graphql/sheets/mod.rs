//! GraphQL of the sheets slice: files of rows that come in and go out, and how far they are.

mod enums;
mod error;
mod mutation;
mod query;
mod reason;
mod subscription;
mod types;

pub use error::SheetUserError;
pub use mutation::SheetMutation;
pub use query::SheetQuery;
pub use subscription::SheetSubscription;
pub use types::{Export, ExportReview, Import, export_of, import_of, review_of};
