//! GraphQL of the fieldwork slice: visits, and what was done where there was no network.

mod enums;
mod error;
mod loaders;
mod mutation;
mod query;
mod types;

pub use error::VisitUserError;
pub use loaders::VisitLoader;
pub use mutation::FieldworkMutation;
pub use query::FieldworkQuery;
pub use types::{Visit, visit_of};
