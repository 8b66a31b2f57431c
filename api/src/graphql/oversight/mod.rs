//! GraphQL of the oversight slice: who of other tenants reads this one, and whom the caller may read.

mod enums;
mod error;
mod mutation;
mod query;
mod types;

pub use error::OversightUserError;
pub use mutation::OversightMutation;
pub use query::OversightQuery;
