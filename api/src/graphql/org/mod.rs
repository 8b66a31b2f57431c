//! GraphQL of the org slice: tenants, units, grids, unit groups, organisations.

mod enums;
mod error;
mod found;
mod loaders;
mod mutation;
mod query;
mod types;

pub use enums::{CodeSystem, CoordinateSystem, GridKind, GridState, UnitGroupKind, UnitLevel, UnitState};
pub use error::OrgUserError;
pub use found::{grid_of, group_of, organisation_of, unit_of};
pub use loaders::{GridLoader, GroupLoader, OrganisationLoader, UnitLoader};
pub use mutation::OrgMutation;
pub use query::OrgQuery;
pub use types::{Grid, Organisation, Tenant, Unit, UnitGroup};
