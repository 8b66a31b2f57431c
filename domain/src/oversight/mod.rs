//! Oversight over districts (跨区督查): somebody of another tenant, such as the city's centre, reads a district by its leave.
//!
//! A district's security administrator gives the leave to one person, for the district or a town of it, for a time and a reason. Whoever has
//! it comes by their own session at home, and has an account in the district as long as the leave lasts. See `docs/adr/0035`.
//!
//! Invariants: nobody reads another tenant without such a leave; whoever comes by it writes nothing; it ends with its time, when it is taken
//! back, and with the session at home; each coming is in the audit trails of both tenants.

mod command;
mod error;
mod model;
mod service;
mod store;

pub use command::CreateOversight;
pub use error::{OversightError, OversightErrorCode};
pub use model::{OverseenDistrict, OversightGrant, OversightState};
pub use service::{OversightService, OversightSettings};
