//! Files of units and grids: reading rows and saying what is wrong with each.
//!
//! CSV with a header line; GeoJSON as a `FeatureCollection` of polygons whose properties are
//! the columns. Reading goes on after a mistake, so that one run names all of them, those of form and
//! those of place. Nothing is written here: the use cases do, all or nothing.

mod boundary;
mod grids;
mod plan;
mod units;

pub(super) use boundary::polygon_text;
pub(super) use grids::{GRID_COLUMNS, GridRow, read_grids};
pub(super) use plan::{Aside, UnitChange, UnitPlan};
pub(super) use units::{UNIT_COLUMNS, UnitFile, UnitRow, read_units};
