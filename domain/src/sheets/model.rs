//! Plain values of the sheets slice.

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::kernel::id::{ExportId, ImportId, Timestamp};
use crate::kernel::sheet::{BadRow, ImportReport, SheetFormat};

/// What the rows of a file that comes in are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ImportKind {
    /// People of the force with what they hold.
    Staff,
    /// Categories.
    Categories,
    /// Days off and make-up days of whole years.
    CalendarDays,
}

/// What the rows of a file that goes out are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ExportKind {
    /// Who serves where (台账).
    Roster,
    /// Cases.
    Cases,
    /// Units of the three tiers.
    Units,
    /// Grids.
    Grids,
}

/// How far a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum WorkState {
    /// Its bytes have not come yet.
    Waiting,
    /// It is worked on.
    Running,
    /// It was taken in, or can be fetched.
    Succeeded,
    /// Its rows are wrong; nothing was written.
    Refused,
    /// It failed for no fault of its own; nothing was written.
    Failed,
    /// Nobody works on it any more, or its bytes never came: begin again.
    Interrupted,
}

impl WorkState {
    /// Whether it changes no more.
    #[must_use]
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

/// A file that comes in.
#[derive(Clone, Debug)]
pub struct Import {
    /// Id.
    pub id: ImportId,
    /// What its rows are.
    pub kind: ImportKind,
    /// The name that it has at whoever brings it.
    pub file_name: String,
    /// How far it is.
    pub state: WorkState,
    /// Rows that were read; known where it is worked on, until it ends.
    pub rows: usize,
    /// What it did.
    pub report: ImportReport,
    /// What is wrong with its rows.
    pub mistakes: Vec<BadRow>,
    /// When it was announced.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Version.
    pub version: i64,
}

/// A file that goes out.
#[derive(Clone, Debug)]
pub struct Export {
    /// Id.
    pub id: ExportId,
    /// What its rows are.
    pub kind: ExportKind,
    /// Its format.
    pub format: SheetFormat,
    /// What it is taken out for.
    pub purpose: String,
    /// How far it is.
    pub state: WorkState,
    /// Rows that were written.
    pub rows: usize,
    /// Bytes of the file, at its end.
    pub bytes: u64,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// When it is removed.
    pub expires_at: Option<Timestamp>,
    /// Version.
    pub version: i64,
}

impl Export {
    /// The name that the file gets at whoever takes it.
    #[must_use]
    pub fn file_name(&self) -> String {
        let kind: &str = self.kind.into();
        format!("{kind}.{}", self.format.extension())
    }
}
