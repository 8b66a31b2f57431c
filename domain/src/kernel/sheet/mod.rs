//! Files of rows, as clerks keep them: reading goes on after a mistake, so that one run names all of them.
//!
//! CSV with a header line, in UTF-8 or in GBK (GB 18030), which is what Chinese spreadsheets write. A file is
//! taken whole or not at all.

mod cells;
mod csv;
mod encoding;

use crate::store::StoreError;

pub(crate) use cells::{CellMap, Cells};
pub(crate) use csv::read_csv;
pub(crate) use encoding::decoded;

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
    pub(crate) fn new(row: usize, column: &'static str, value: &str, reason: impl Into<String>) -> Self {
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

/// Why a file was not taken; nothing of it was written.
#[derive(Debug)]
pub enum ImportFailure {
    /// Rows at fault: every one that was found.
    Rows(Vec<BadRow>),
    /// The database refused.
    Store(StoreError),
}

impl ImportFailure {
    /// Goes on when nothing is at fault; else every mistake, in the order of the rows.
    pub(crate) fn unless_sound(mut bad: Vec<BadRow>) -> Result<(), Self> {
        bad.sort_by_key(|bad| bad.row);
        if bad.is_empty() { Ok(()) } else { Err(Self::Rows(bad)) }
    }
}

impl From<StoreError> for ImportFailure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
