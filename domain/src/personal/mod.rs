//! Personal data, read whole (查看完整个人信息): names and numbers that every query masks.
//!
//! Invariants: nobody reads a person whole but by a grant that allows it and covers them; each reading has its purpose and is in the audit
//! trail before it is answered; an account reads so many a day.

mod command;
mod error;
mod service;
mod store;

pub use command::{RevealPerson, RevealPurpose, Subject};
pub use error::{PersonError, PersonErrorCode};
pub use service::{PersonalService, REVEALS_PER_DAY, Revealed};
