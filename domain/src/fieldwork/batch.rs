//! What somebody did where there was no network (离线): kept on their device, and sent together when there is one again.
//!
//! The device says when each was done, by its own clock. That decides nothing between two who acted on one case, which the
//! version does alone; it tells how old a repeat can be.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::cases::{Audience, Case, CaseError, GivenAttachment, GivenValue, ReportCase};
use crate::fieldwork::command::RecordVisit;
use crate::fieldwork::model::Visit;
use crate::kernel::failure::Problem;
use crate::kernel::id::{CaseId, Timestamp};

/// Most operations that are sent together.
pub const MOST_OPERATIONS: usize = 100;
/// Most characters of what a device calls an operation.
const ID_LIMIT: usize = 64;
/// The mutation that sends them, as their records name it.
pub(super) const MUTATION: &str = "fieldSync";

/// Where a visit names the operation that reported its case.
pub(super) const REPORTED_BY: &str = "reportedBy";

const DAY: i64 = 86_400_000_000;
/// An operation that was done earlier is not taken.
const OLDEST: i64 = 30 * DAY;
/// So far ahead a device's clock may be.
const AHEAD: i64 = DAY;
/// For how long it is remembered what was done by an operation: longer than the operation itself is taken, so that none that
/// comes again is new. By mutation.
pub const FIELD_KEPT: (&str, Duration) = (MUTATION, Duration::from_hours(32 * 24));

/// Something that was done offline.
#[derive(Clone, Debug)]
pub struct FieldOperation {
    /// What the device calls it; the same again is a repeat.
    pub id: String,
    /// When it was done, by the device's clock.
    pub at: Timestamp,
    /// SHA-256 of all of it.
    pub content: Vec<u8>,
    /// What was done.
    pub work: FieldWork,
}

/// What was done offline.
#[derive(Clone, Debug)]
pub enum FieldWork {
    /// A case was reported.
    Report(Box<ReportCase>),
    /// Something was done to a case.
    Act(FieldAct),
    /// Somebody was visited.
    Visit(Box<FieldVisit>),
}

/// A visit that was made offline.
#[derive(Clone, Debug)]
pub struct FieldVisit {
    /// The visit.
    pub visit: RecordVisit,
    /// In place of its own case the one that an earlier operation of the same batch reported.
    pub reported_by: Option<String>,
}

/// Something that was done to a case offline.
#[derive(Clone, Debug)]
pub struct FieldAct {
    /// The case.
    pub case: FieldCase,
    /// The version that it was done to, if that matters.
    pub version: Option<i64>,
    /// Values of the fields that the case's programme adds.
    pub values: Vec<GivenValue>,
    /// What is attached.
    pub attachments: Vec<GivenAttachment>,
    /// What was done.
    pub kind: FieldActKind,
}

/// The acts that need no network.
#[derive(Clone, Debug)]
pub enum FieldActKind {
    /// Something was said.
    Comment {
        /// What.
        text: String,
        /// Who may read it.
        audience: Audience,
    },
    /// Work began.
    Start {
        /// What is to be said.
        note: Option<String>,
    },
    /// Work was done.
    Complete {
        /// What was done.
        result: String,
    },
}

/// A case, as a device knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldCase {
    /// One that it has seen.
    Known(CaseId),
    /// The one that an earlier operation of the same batch reported.
    ReportedBy(String),
}

/// What there is after an operation.
#[derive(Clone, Debug)]
pub enum FieldYield {
    /// The case that was reported, or that something was done to.
    Case(Box<Case>),
    /// The visit.
    Visit(Box<Visit>),
}

/// What became of an operation.
#[derive(Clone, Debug)]
pub enum FieldOutcome {
    /// It was carried out: what there is right after it.
    Done(FieldYield),
    /// It had been carried out before, and nothing more was done: what there is of it now, if the caller sees it still.
    Replayed(Option<FieldYield>),
    /// The case changed since the caller saw it: as it is now, if the caller sees it still.
    Conflict(Option<Box<Case>>),
    /// Why it was not carried out.
    Refused(Vec<Problem<CaseError>>),
    /// An earlier operation on the same case was not carried out.
    Skipped,
}

impl FieldOperation {
    /// What makes it an operation that can be carried out once.
    pub(super) fn problems(&self, now: Timestamp) -> Vec<Problem<CaseError>> {
        let id = match self.id.chars().count() {
            0 => Some(CaseError::Required),
            length if length > ID_LIMIT => Some(CaseError::TooLong { limit: ID_LIMIT }),
            _ if !self.id.bytes().all(|byte| byte.is_ascii_graphic()) => Some(CaseError::InvalidText),
            _ => None,
        };
        let age = now.micros() - self.at.micros();
        let at = (!(-AHEAD..=OLDEST).contains(&age)).then_some(CaseError::InvalidTime);
        let id = id.map(|error| Problem::at("operationKey", error));
        id.into_iter().chain(at.map(|error| Problem::at("doneAt", error))).collect()
    }

    /// A mistake of its work where that stands in the operation.
    pub(super) fn placed(&self, problem: Problem<CaseError>) -> Problem<CaseError> {
        let (place, of_act): (&[&str], bool) = match &self.work {
            FieldWork::Report(_) => (&["work", "report"], false),
            FieldWork::Visit(_) if problem.path == [REPORTED_BY] => (&["work", "visit"], false),
            FieldWork::Visit(_) => (&["work", "visit", "record"], false),
            FieldWork::Act(act) => match act.kind {
                FieldActKind::Comment { .. } => (&["work", "comment"], true),
                FieldActKind::Start { .. } => (&["work", "start"], true),
                FieldActKind::Complete { .. } => (&["work", "complete"], true),
            },
        };
        let called = |part: String| if of_act && part == "caseId" { "case".to_owned() } else { part };
        let path = place.iter().map(|part| (*part).to_owned());
        Problem { error: problem.error, path: path.chain(problem.path.into_iter().map(called)).collect() }
    }
}

/// What is known of a batch so far.
#[derive(Debug, Default)]
pub(super) struct Batch {
    reported: BTreeMap<String, CaseId>,
    unreported: BTreeSet<String>,
    halted: BTreeSet<CaseId>,
}

/// Which case an operation concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Concerned {
    /// None that was there before.
    New,
    /// This one.
    Case(CaseId),
    /// One on which an earlier operation of the batch was not carried out, or which none reported.
    Halted,
    /// None: no operation of the batch reported one.
    Nothing,
}

impl Batch {
    /// Which case an operation concerns, by what came before it.
    pub(super) fn concerned(&self, operation: &FieldOperation) -> Concerned {
        match &operation.work {
            FieldWork::Report(_) => Concerned::New,
            FieldWork::Act(act) => match &act.case {
                FieldCase::Known(case) => self.heeded(Concerned::Case(*case)),
                FieldCase::ReportedBy(id) => self.heeded(self.reported(id)),
            },
            // A visit changes nothing about its case: it waits for no version of it.
            FieldWork::Visit(visit) => {
                visit.reported_by.as_ref().map_or(Concerned::New, |id| self.reported(id))
            }
        }
    }

    /// What an act concerns: none is done after one on the same case was not.
    fn heeded(&self, concerned: Concerned) -> Concerned {
        match concerned {
            Concerned::Case(case) if self.halted.contains(&case) => Concerned::Halted,
            concerned => concerned,
        }
    }

    fn reported(&self, id: &str) -> Concerned {
        if self.unreported.contains(id) {
            return Concerned::Halted;
        }
        self.reported.get(id).map_or(Concerned::Nothing, |case| Concerned::Case(*case))
    }

    /// Takes down what became of an operation.
    pub(super) fn note(&mut self, operation: &FieldOperation, concerned: Concerned, outcome: &FieldOutcome) {
        let done = match outcome {
            FieldOutcome::Done(done) | FieldOutcome::Replayed(Some(done)) => Some(done),
            FieldOutcome::Replayed(None) => return,
            FieldOutcome::Conflict(_) | FieldOutcome::Refused(_) | FieldOutcome::Skipped => None,
        };
        match (&operation.work, done, concerned) {
            (FieldWork::Report(_), Some(FieldYield::Case(case)), _) => {
                self.reported.insert(operation.id.clone(), case.id);
            }
            (FieldWork::Report(_), ..) => {
                self.unreported.insert(operation.id.clone());
            }
            (FieldWork::Act(_), None, Concerned::Case(case)) => {
                self.halted.insert(case);
            }
            (FieldWork::Act(_) | FieldWork::Visit(_), ..) => {}
        }
    }
}
