//! Who is where: tenants, units of the three tiers, grids, unit groups and organisations.
//!
//! A tenant is a district (区/县). Its units are the district itself, its towns (镇街) and villages
//! (村社); a grid (网格) always belongs to a village. A unit group (管区, 片区, 警格) is a named set of
//! units and grids; an organisation stands beside the territory.
//!
//! Invariants: a unit's parent is one level above; a grid's code starts with its village's code at the
//! time and is never given twice; a merger rewrites no case, the successor's scope grows instead.

mod command;
pub(crate) mod directory;
mod error;
mod ground;
mod import;
mod locating;
mod model;
mod register;
mod service;
mod store;
mod succession;

pub use command::{
    CreateGrid, CreateGroup, CreateOrganisation, CreateTenant, CreateUnit, MergeUnits, RenameUnit, Successor,
};
pub use error::{OrgError, OrgErrorCode};
pub use ground::GeoPoint;
pub(crate) use locating::{PlaceError, living_unit, located};
pub use locating::{PlaceReference, PlaceSource};
pub(crate) use model::CodesById;
pub use model::{
    Boundary, CodeSystem, Codes, CoordinateSystem, Grid, GridKind, GridState, GroupKind, LevelName,
    Organisation, Tenant, TenantKind, TenantState, Unit, UnitCounts, UnitGroup, UnitLevel, UnitName,
    UnitState,
};
pub use service::{GridFilter, GroupByCodes, OrgService, OrganisationFilter, UnitFilter};
