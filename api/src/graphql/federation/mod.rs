//! GraphQL of the federation slice: whose word counts for who somebody is, and coming in by it.

mod enums;
mod error;
mod mutation;
mod query;
mod types;

pub use error::FederationUserError;
pub use mutation::FederationMutation;
pub use query::FederationQuery;
