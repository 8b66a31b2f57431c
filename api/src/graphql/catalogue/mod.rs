//! GraphQL of the catalogue slice: the tenant's tree of categories.

mod enums;
mod error;
mod loaders;
mod mutation;
mod query;
mod types;

pub use enums::{LimitClock, Sensitivity};
pub use error::CatalogueUserError;
pub use loaders::CategoryLoader;
pub use mutation::CatalogueMutation;
pub use query::CatalogueQuery;
pub use types::{Category, category_of};
