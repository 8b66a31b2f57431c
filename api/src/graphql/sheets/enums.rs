//! Enums of the sheets slice, mirrored from the domain.

use async_graphql::Enum;

/// What the rows of a file that comes in are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::sheets::ImportKind")]
pub enum ImportKind {
    /// People of the force with what they hold.
    Staff,
    /// What cases are about, parents before what lies below them.
    Categories,
    /// Days off and make-up days of whole years (节假日与调休).
    CalendarDays,
}

/// What the rows of a file that goes out are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::sheets::ExportKind")]
pub enum ExportKind {
    /// Who serves where (台账), with the columns of an import.
    Roster,
    /// The cases that the caller sees, newest first.
    Cases,
    /// Units of the three tiers, with the columns of an import.
    Units,
    /// Grids, with the columns of an import.
    Grids,
    /// Entries of the audit trail, newest first, with where each stands in the chain. They need `AUDIT_READ`, and nothing else.
    AuditEntries,
}

/// As what the rows of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::kernel::sheet::SheetFormat")]
pub enum FileFormatKind {
    /// CSV in UTF-8 with its mark, by which spreadsheets know it.
    Csv,
    /// A workbook of one sheet.
    Xlsx,
    /// A `FeatureCollection`, whose properties are the columns.
    #[graphql(name = "GEOJSON")]
    GeoJson,
}

/// How far a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::sheets::WorkState")]
pub enum FileState {
    /// Its bytes have not come yet.
    Waiting,
    /// It is worked on.
    Running,
    /// It was taken in, or can be fetched.
    Succeeded,
    /// Its rows are wrong, as `mistakes` tells; nothing was written.
    Refused,
    /// It failed for no fault of its own and nothing was written: begin again.
    Failed,
    /// Nobody works on it any more, its bytes never came, nobody approved it in time, or whoever took it out lost a role grant since: begin again. The same file twice changes nothing.
    Interrupted,
    /// It is written and goes out once somebody else approves it (待审批), as `review` tells.
    InReview,
    /// Somebody else said that it does not go out (审批未通过), as `review` tells.
    Declined,
}

/// How far somebody else's word on a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::sheets::ReviewState")]
pub enum ExportReviewState {
    /// Nobody has said anything.
    Waiting,
    /// The file goes out.
    Approved,
    /// It does not.
    Declined,
    /// Nobody said anything in time.
    Lapsed,
}
