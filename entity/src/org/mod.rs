//! Tables of the org slice: tenants, units of the three tiers, grids, unit groups, organisations.

pub mod grid;
pub mod level_name;
pub mod organisation;
pub mod tenant;
pub mod tenant_key;
pub mod unit;
pub mod unit_group;
pub mod unit_group_grid;
pub mod unit_group_unit;
pub mod unit_name;
pub mod unit_succession;
