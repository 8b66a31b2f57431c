//! Plain values of the sheets slice.

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::kernel::id::{AccountId, ExportId, ExportReviewId, ImportId, RoleGrantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
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
    /// Entries of the audit trail.
    AuditEntries,
}

impl ExportKind {
    /// Whether its rows are about people: who serves, who reported and lives where, or who did what and when.
    #[must_use]
    pub const fn is_of_people(self) -> bool {
        matches!(self, Self::Roster | Self::Cases | Self::AuditEntries)
    }

    /// Whether the audit trail names each of its rows. Entries of the trail never change and never go before their time: what was asked for
    /// says for good which they were, and a trail that names itself would grow by every file of it.
    #[must_use]
    pub const fn names_rows(self) -> bool {
        matches!(self, Self::Roster | Self::Cases)
    }

    /// What whoever takes such a file must hold: the trail is its readers', and nobody else's who may export.
    #[must_use]
    pub fn permission(self) -> Permission {
        match self {
            Self::AuditEntries if mutant::active(Mutant::ExportedTrail) => Permission::DataExport,
            Self::Roster | Self::Cases | Self::Units | Self::Grids => Permission::DataExport,
            Self::AuditEntries => Permission::AuditRead,
        }
    }
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
    /// Nobody works on it any more, its bytes never came, nobody approved it in time, or its taker lost what they saw by: begin again.
    Interrupted,
    /// It is written, and somebody else must approve it.
    InReview,
    /// Somebody else said that it does not go out.
    Declined,
}

impl WorkState {
    /// Whether nothing is read or written any more.
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

/// What somebody says of a file that is to go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Decision {
    /// It goes out.
    Approved,
    /// It does not.
    Declined,
}

/// How far the word on a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewState {
    /// Nobody has said anything.
    Waiting,
    /// It goes out.
    Approved,
    /// It does not.
    Declined,
    /// Nobody said anything in time.
    Lapsed,
}

/// A file of many people that somebody else than its taker must approve (导出审批).
#[derive(Clone, Debug)]
pub struct ExportReview {
    /// Id.
    pub id: ExportReviewId,
    /// The file.
    pub export: ExportId,
    /// Who takes it.
    pub account: AccountId,
    /// What its rows are.
    pub kind: ExportKind,
    /// Its format.
    pub format: SheetFormat,
    /// What it is taken out for.
    pub purpose: String,
    /// Which rows were wanted, as JSON.
    pub selection: String,
    /// The role grants that whoever takes it held.
    pub grants: Vec<RoleGrantId>,
    /// How many rows it has.
    pub rows: usize,
    /// Since when it waits.
    pub created_at: Timestamp,
    /// From when on nobody's word counts any more.
    pub lapses_at: Timestamp,
    /// How far it is.
    pub state: ReviewState,
    /// Who said so.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why.
    pub note: Option<String>,
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
    /// When it is removed; while somebody else's word is waited for, when nobody waits any more.
    pub expires_at: Option<Timestamp>,
    /// Somebody else's word on it, if one is needed.
    pub review: Option<ExportReviewId>,
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
