//! Which cases are wanted, and in what order.

use chrono::NaiveDate;

use crate::cases::model::CasePriority;
use crate::kernel::id::{CategoryId, Timestamp};
use crate::org::PlaceReference;
use crate::programmes::{CaseSource, CaseState, FieldValue, SupervisionLevel};

/// Which cases are wanted: all conditions at once; an empty list asks for nothing.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// In one of these states.
    pub states: Vec<CaseState>,
    /// Filed under one of these categories, or below one.
    pub categories: Vec<CategoryId>,
    /// Occurred here, or in what this took over from.
    pub place: Option<PlaceReference>,
    /// Came in like this.
    pub sources: Vec<CaseSource>,
    /// As urgent as this.
    pub priorities: Vec<CasePriority>,
    /// Supervised at one of these levels.
    pub supervision: Vec<SupervisionLevel>,
    /// Judged to have been on time, or not to have been.
    pub on_time: Option<bool>,
    /// Reworked at least once, or never.
    pub reworked: Option<bool>,
    /// With a return visit that reached somebody, or without one. For staff.
    pub visited: Option<bool>,
    /// Entered at this instant or later.
    pub opened_from: Option<Timestamp>,
    /// Entered before this instant.
    pub opened_until: Option<Timestamp>,
    /// Closed at this instant or later.
    pub closed_from: Option<Timestamp>,
    /// Closed before this instant.
    pub closed_until: Option<Timestamp>,
    /// Due before this instant: with the present one, what is overdue.
    pub due_until: Option<Timestamp>,
    /// With this text in the title.
    pub title_contains: Option<String>,
    /// Lying with whom.
    pub holder: Holder,
    /// Following the programme with this key, whichever version.
    pub programme: Option<String>,
    /// At a stage with one of these keys.
    pub stages: Vec<String>,
    /// With these values in the fields of their programme.
    pub values: Vec<ValueFilter>,
}

/// What a field must hold now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueFilter {
    /// Key of the field.
    pub key: String,
    /// What it must hold.
    pub wanted: WantedValue,
}

/// What a field must hold: just this, or something within bounds, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WantedValue {
    /// Just this.
    Exactly(FieldValue),
    /// A whole number.
    Number(Option<i64>, Option<i64>),
    /// An amount of money, in fen.
    Money(Option<i64>, Option<i64>),
    /// A day.
    Date(Option<NaiveDate>, Option<NaiveDate>),
}

/// Whom a case must lie with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Holder {
    /// Anybody.
    #[default]
    Anyone,
    /// The caller, or a unit or organisation the caller handles cases for.
    Caller,
}

/// What a list of cases is sorted by, before the id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CaseOrderField {
    /// When it was entered.
    #[default]
    OpenedAt,
    /// When it must be done; cases without a limit count as due last.
    DueAt,
}

/// Which end of a list comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CaseOrderDirection {
    /// The latest.
    #[default]
    Descending,
    /// The earliest.
    Ascending,
}

/// The order of a list of cases; newest first unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaseOrder {
    /// What it is sorted by.
    pub field: CaseOrderField,
    /// Which end comes first.
    pub direction: CaseOrderDirection,
}

impl CaseOrder {
    pub(super) fn descending(self) -> bool {
        self.direction == CaseOrderDirection::Descending
    }
}
