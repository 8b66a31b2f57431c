//! Files of units and grids: reading rows and saying what is wrong with each.
//!
//! CSV in UTF-8 with a header line; GeoJSON as a `FeatureCollection` of polygons whose properties are
//! the columns. Reading goes on after a mistake, so that one run names all of them, those of form and
//! those of place. Nothing is written here: the use cases do, all or nothing.

mod boundary;
mod cells;
mod grids;
mod plan;
mod table;
mod units;

pub(super) use boundary::polygon_text;
pub(super) use grids::{GridRow, read_grids};
pub(super) use plan::{Aside, UnitChange, UnitPlan};
pub(super) use units::{UnitFile, UnitRow, read_units};

/// One thing wrong with one row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Line of the CSV file, or number of the GeoJSON feature, from 1.
    pub row: usize,
    /// The column at fault.
    pub column: &'static str,
    /// What stands there.
    pub value: String,
    /// Why it cannot be taken.
    pub reason: String,
}

impl BadRow {
    pub(super) fn new(row: usize, column: &'static str, value: &str, reason: impl Into<String>) -> Self {
        Self { row, column, value: value.to_owned(), reason: reason.into() }
    }
}

impl std::fmt::Display for BadRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "row {}, column {}, value {:?}: {}", self.row, self.column, self.value, self.reason)
    }
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows that were new.
    pub created: usize,
    /// Rows that changed what was there.
    pub changed: usize,
    /// Rows that say what is there already.
    pub unchanged: usize,
}
