//! GraphQL of the personal slice: people whom every query masks, read whole.

mod enums;
mod error;
mod mutation;

pub use error::PersonUserError;
pub use mutation::PersonalMutation;
