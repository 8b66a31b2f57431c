//! Which visits a list shows: all conditions at once.

use crate::fieldwork::model::{VisitOutcome, VisitPurpose, VisitState, VisitSubject};
use crate::kernel::id::{AccountId, CaseId, Timestamp};
use crate::org::PlaceReference;

/// Which visits are wanted.
#[derive(Clone, Debug, Default)]
pub struct VisitFilter {
    /// Only in this unit or one below it, or in this grid.
    pub place: Option<PlaceReference>,
    /// Only those that this account made.
    pub by: Option<AccountId>,
    /// Only those made for this case.
    pub case: Option<CaseId>,
    /// Only to one of these; any without one.
    pub subjects: Vec<VisitSubject>,
    /// Only to key persons, or only to others.
    pub key_person: Option<bool>,
    /// Only to those who are known to have been under fourteen then, or only to others.
    pub child: Option<bool>,
    /// Only for one of these; any without one.
    pub purposes: Vec<VisitPurpose>,
    /// Only those of which one of these came; any without one.
    pub outcomes: Vec<VisitOutcome>,
    /// Only those that count, or only those that do not.
    pub state: Option<VisitState>,
    /// Only those made at this instant or later.
    pub visited_from: Option<Timestamp>,
    /// Only those made before this instant.
    pub visited_until: Option<Timestamp>,
}
