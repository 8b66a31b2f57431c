//! What is done on foot beside cases: visits (走访), and what was done where there was no network.
//!
//! Invariants: a visit is recorded once and never rewritten, only struck off by whoever made it; what people said and who they
//! are is sealed and masked; a visit is seen by whoever reads the cases of its place, and by whoever made it; one to a child by fewer, and nothing is
//! kept of a child without a ground.

mod batch;
mod child;
mod command;
pub(crate) mod directory;
mod door;
mod error;
mod filter;
mod model;
mod service;
mod store;

pub use batch::{
    FIELD_KEPT, FieldAct, FieldActKind, FieldCase, FieldOperation, FieldOutcome, FieldVisit, FieldWork,
    FieldYield, MOST_OPERATIONS,
};
pub use child::{ChildDataBasis, GivenChild};
pub use command::{RecordVisit, VoidVisit};
pub use error::{VisitError, VisitErrorCode};
pub use filter::VisitFilter;
pub use model::{Visit, VisitOutcome, VisitPurpose, VisitState, VisitSubject, VisitTexts};
pub use service::FieldworkService;
