//! GraphQL of the catalogue slice: the tenant's tree of categories.

mod duty;
mod enums;
mod error;
mod loaders;
mod mutation;
mod query;
mod types;

pub use enums::{CategoryRoutingKind, LimitKind, Sensitivity};
pub use error::CatalogueUserError;
pub use loaders::CategoryLoader;
pub use mutation::{CaseLimitInput, CatalogueMutation};
pub use query::CatalogueQuery;
pub use types::{CaseLimit, Category, category_of};
