//! Inputs of the sheets slice's use cases, and what makes them valid.

use crate::audit::AuditFilter;
use crate::cases::CaseFilter;
use crate::kernel::failure::Problem;
use crate::kernel::id::{ExportReviewId, Timestamp, UnitId};
use crate::kernel::sheet::SheetFormat;
use crate::kernel::text::{self, BadText};
use crate::sheets::error::SheetError;
use crate::sheets::model::{Decision, ExportKind, ImportKind};

/// Most characters of a file's name: what file systems allow.
const FILE_NAME_LIMIT: usize = 255;
/// Most characters of a purpose.
const PURPOSE_LIMIT: usize = 200;
/// Most characters of a note.
const NOTE_LIMIT: usize = 200;

/// Announce a file that is to come in.
#[derive(Clone, Debug)]
pub struct StartImport {
    /// What its rows are.
    pub kind: ImportKind,
    /// The name that it has at whoever brings it.
    pub file_name: String,
}

/// Take a file out.
#[derive(Clone, Debug)]
pub struct StartExport {
    /// What its rows are.
    pub kind: ExportKind,
    /// Its format.
    pub format: SheetFormat,
    /// What it is taken out for.
    pub purpose: String,
    /// Of a roster: only whose file this unit keeps, or one below it.
    pub unit: Option<UnitId>,
    /// Of a roster: as it was at this instant.
    pub at: Option<Timestamp>,
    /// Of cases: which.
    pub filter: CaseFilter,
    /// Of entries of the audit trail: which.
    pub entries: AuditFilter,
}

/// Say whether somebody else's file goes out.
#[derive(Clone, Debug)]
pub struct DecideExport {
    /// Which one waits.
    pub review: ExportReviewId,
    /// Whether it does.
    pub decision: Decision,
    /// Why; whoever says no must say why.
    pub note: Option<String>,
}

impl DecideExport {
    /// The note, if there is one.
    pub(super) fn noted(&self) -> Result<Option<String>, Problem<SheetError>> {
        match (self.decision, self.note.as_deref()) {
            (Decision::Approved, None) => Ok(None),
            (Decision::Approved, Some(note)) if note.trim().is_empty() => Ok(None),
            (_, note) => line(note.unwrap_or_default(), NOTE_LIMIT, "note").map(Some),
        }
    }
}

pub(super) fn file_name(text: &str) -> Result<String, Problem<SheetError>> {
    line(text, FILE_NAME_LIMIT, "fileName")
}

pub(super) fn purpose(text: &str) -> Result<String, Problem<SheetError>> {
    line(text, PURPOSE_LIMIT, "purpose")
}

fn line(text: &str, limit: usize, path: &str) -> Result<String, Problem<SheetError>> {
    text::line(text, limit).map_err(|bad| {
        let error = match bad {
            BadText::Empty => SheetError::Required,
            BadText::TooLong { limit } => SheetError::TooLong { limit },
            BadText::ControlCharacter => SheetError::InvalidText,
        };
        Problem::at(path, error)
    })
}
