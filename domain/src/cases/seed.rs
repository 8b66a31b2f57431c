//! Cases that are told, not done: history for the demo, laid in bulk.

use crate::cases::command::ReporterDetails;
use crate::cases::model::{Assignee, CasePriority, CaseRating};
use crate::kernel::id::{AccountId, CategoryId, Timestamp};
use crate::kernel::place::Sensitivity;
use crate::org::PlaceReference;
use crate::programmes::{CaseAct, CaseSource, SupervisionLevel};

/// One case and everything that was done to it.
#[derive(Clone, Debug)]
pub struct SeedCase {
    /// What it is about.
    pub category: CategoryId,
    /// Short text for lists.
    pub title: String,
    /// What was seen or heard.
    pub description: String,
    /// Where it occurred.
    pub place: PlaceReference,
    /// How it came in.
    pub source: CaseSource,
    /// How urgent it is.
    pub priority: CasePriority,
    /// How carefully it must be handled.
    pub sensitivity: Sensitivity,
    /// Who reported it, when that is an account.
    pub reporter_account: Option<AccountId>,
    /// What is known of the reporter.
    pub reporter: ReporterDetails,
    /// Key of the programme that it followed; none leaves the choice to the category and the source.
    pub programme: Option<String>,
    /// When it was reported and entered.
    pub opened_at: Timestamp,
    /// What was done after, in order.
    pub steps: Vec<SeedStep>,
}

/// One act of the past.
#[derive(Clone, Debug)]
pub struct SeedStep {
    /// The act.
    pub act: CaseAct,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Option<AccountId>,
    /// To whom the case went: for dispatch, transfer and sending down, and for an acceptance by
    /// somebody it did not lie with. An account counts as a worker of the grid.
    pub target: Option<Assignee>,
    /// What was written.
    pub text: Option<String>,
    /// The judgement, for an evaluation and a return visit.
    pub rating: Option<CaseRating>,
    /// Key of the stage that an advance or a step back leads to.
    pub toward: Option<String>,
    /// At what level, for a supervision; the mildest when absent.
    pub supervision: Option<SupervisionLevel>,
}
