//! The case (事件): one matter from its report to its evaluation, and whoever works it on the way.
//!
//! Which act leads from which stage to which, and who may do it, says the programme that the case follows
//! (`crate::programmes`). What may be done now ([`CaseService::viewer_actions`]) and what is done come from the same
//! function.
//!
//! Invariants: every act raises the version by one and adds one entry to the timeline, one audit row and
//! one event, in one transaction; a case lies with exactly one assignee; whoever it was handed to keeps an
//! access row, written before the case leaves the hands of the one who acts; what people type and who
//! reported it are sealed and masked.

mod access;
mod actor;
mod assistance;
mod category_change;
mod clock;
mod command;
pub(crate) mod directory;
mod door;
mod error;
mod evaluation;
mod event;
mod extension;
mod filter;
#[cfg(test)]
mod fixture;
mod follower;
mod ladder;
mod milestone;
mod model;
mod number;
mod outcome;
mod progress;
mod reporter;
mod return_visit;
mod routing;
mod sampling;
mod seed;
mod service;
mod similar;
mod simulation;
mod store;
mod supervision;
mod target;
mod timekeeper;
mod value;

pub use access::Inbox;
pub use assistance::Assistant;
pub use clock::{CaseClock, CaseLimit, Run, StageClock};
pub use command::{
    Anonymity, ChangeCategory, CoHandleCase, CommentCase, CompleteCase, EXTERNAL_LIMIT, EvaluateCase,
    ExtendCase, GiveCase, GivenAttachment, InstructCase, MergeCase, NoteCase, ReasonCase, ReportCase,
    ReporterDetails, ReturnVisitCase, Seen, StepCase, SuperviseCase, VerifyCase,
};
pub use error::{CaseError, CaseErrorCode};
pub use evaluation::{FilledForm, QuestionScore};
pub use event::{CaseEvent, Illegible};
pub use extension::ExtensionRequest;
pub use filter::{
    CaseFilter, CaseOrder, CaseOrderDirection, CaseOrderField, Holder, ValueFilter, WantedValue,
};
pub use follower::MasterProgress;
pub use ladder::{FiredRung, RungAhead};
pub use milestone::{Milestone, MilestoneKind};
pub use model::{
    Assignee, Audience, Case, CasePriority, CaseRating, Evaluation, ExternalReference, TimelineEntry,
};
pub use outcome::{CaseOutcome, Judgement};
pub use reporter::Reporter;
pub use return_visit::{Contact, MOST_RETURN_VISITS, ReturnVisit, VisitChannel};
pub use routing::{Routing, RoutingRule, Suggestion, SuggestionReason};
pub use sampling::{
    BadSeed, CaseSample, CheckSampled, DrawSample, MOST_SAMPLED, SampleFinding, SampleSeed, SampleSize,
    SampledCase,
};
pub use seed::{SeedCase, SeedStep};
pub use service::{CaseService, CaseSettings, InboxCounts, UnitPulse};
pub use similar::{Matter, SimilarCase};
pub use simulation::{MOST_STEPS, Play, PlayedAct, PlayedStep};
pub use supervision::{Supervised, Supervision};
pub use timekeeper::{Round, Timekeeper};
pub use value::{CaseValue, GivenValue};
