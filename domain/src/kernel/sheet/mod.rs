//! Files of rows, as clerks keep them: reading goes on after a mistake, so that one run names all of them.
//!
//! CSV with a header line, in UTF-8 or in GBK (GB 18030), which is what Chinese spreadsheets write, and the
//! first sheet of an XLSX workbook. A file is taken whole or not at all.

mod batches;
mod cells;
mod csv;
mod encoding;
mod formula;
mod source;
mod table;
#[cfg(test)]
mod tests;
mod workbook;
mod writer;

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::kernel::failure::Failure;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::StoreError;

pub(crate) use cells::{CellMap, Cells};
pub(crate) use source::Columns;
pub use source::{SheetFile, SheetLimits};
pub(crate) use writer::Shape;
pub use writer::{SheetFormat, SheetTarget, SheetWriter, WriteError, Written};

/// One thing wrong with one row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Line of the CSV file, row of the sheet, or number of the GeoJSON feature, from 1.
    pub row: usize,
    /// The column at fault.
    pub column: Cow<'static, str>,
    /// What stands there.
    pub value: String,
    /// Why it cannot be taken.
    pub reason: String,
}

impl BadRow {
    pub(crate) fn new(row: usize, column: &'static str, value: &str, reason: impl Into<String>) -> Self {
        Self { row, column: column.into(), value: value.to_owned(), reason: reason.into() }
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

/// Told how far the reading or writing of a file is.
pub trait Progress: Send + Sync {
    /// So many more rows are done.
    fn rows(&self, more: usize);
}

/// Nobody is told.
impl Progress for () {
    fn rows(&self, _more: usize) {}
}

/// Mistakes that are told of one file: whoever has more mends these first.
const MOST_TOLD: usize = 1_000;

/// What is wrong with a file that is read in parts.
#[derive(Debug, Default)]
pub(crate) struct Mistakes(Vec<BadRow>);

impl Mistakes {
    /// Adds those of a part; reading ends when there are too many to be told.
    pub(crate) fn add(&mut self, bad: Vec<BadRow>) -> ControlFlow<()> {
        self.0.extend(bad);
        if self.0.len() < MOST_TOLD {
            return ControlFlow::Continue(());
        }
        self.0.sort_by_key(|bad| bad.row);
        self.0.truncate(MOST_TOLD);
        let last = self.0.last().map_or(1, |bad| bad.row);
        let reason = format!("{MOST_TOLD} mistakes are told, and nothing was read beyond them");
        self.0.push(BadRow::new(last, "", "", reason));
        ControlFlow::Break(())
    }

    /// Goes on when there are none.
    pub(crate) fn refuse_any(self) -> Result<(), ImportFailure> {
        ImportFailure::unless_sound(self.0)
    }
}

/// Why a file was not taken; nothing of it was written.
#[derive(Debug)]
pub enum ImportFailure {
    /// The caller imports no such files.
    Denied,
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

/// Why rows were not exported.
#[derive(Debug)]
pub enum ExportFailure {
    /// The caller exports nothing.
    Denied,
    /// The file cannot be written.
    File(WriteError),
    /// The database refused.
    Store(StoreError),
}

impl ExportFailure {
    /// Refuses whoever exports nothing anywhere (requirement P4: reading in bulk is a right of its own).
    pub(crate) fn unless_permitted(scope: &Scope) -> Result<(), Self> {
        let permitted = scope.permits(Permission::DataExport) || mutant::active(Mutant::NoExportPermission);
        if permitted { Ok(()) } else { Err(Self::Denied) }
    }
}

impl From<WriteError> for ExportFailure {
    fn from(error: WriteError) -> Self {
        Self::File(error)
    }
}

impl From<StoreError> for ExportFailure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// For reads that know no mistake of the caller.
impl<E: std::fmt::Debug> From<Failure<E>> for ExportFailure {
    fn from(failure: Failure<E>) -> Self {
        match failure {
            Failure::Denied => Self::Denied,
            Failure::Unavailable(error) | Failure::Internal(error) => Self::Store(error),
            other => Self::Store(StoreError::Internal(format!("an export failed: {other:?}"))),
        }
    }
}

/// For steps of an import whose mistakes of the caller became rows already.
impl<E: std::fmt::Debug> From<Failure<E>> for ImportFailure {
    fn from(failure: Failure<E>) -> Self {
        match failure {
            Failure::Denied => Self::Denied,
            Failure::Unavailable(error) | Failure::Internal(error) => Self::Store(error),
            other => Self::Store(StoreError::Internal(format!("an import failed: {other:?}"))),
        }
    }
}
