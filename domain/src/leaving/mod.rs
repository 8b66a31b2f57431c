//! A district leaves (停用、移交、销毁): it is closed, what it holds is handed over, and then erased.
//!
//! Only who runs the installation does that, from the command line; each step is in the audit trail of the district, which stays until its
//! own time is over. See `docs/adr/0037-a-district-leaves.md`.
//!
//! Invariants: nothing is erased that was not handed over since the district was closed; into a closed district nobody comes, and nothing is
//! done for it; once erasing has begun the district does not open again; erased is only said when no row is left.

mod error;
mod service;
mod store;

pub use error::LeavingError;
pub use service::{Erased, HandedOver, LeavingService, Settled, Wanted};
