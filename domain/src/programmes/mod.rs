//! Programmes: how cases of a kind go from their report to their end, as data that a district writes.
//!
//! A programme is a TOML file: labelled stages over the closed [`CaseState`]s, and for each [`CaseAct`] at which stages it
//! is possible, where it leads and who may do it (`domain/programmes/`, `docs/PROGRAMMES.md`). What is fixed of an act
//! stands in `terms.rs`: a file narrows it, never widens it.
//!
//! Invariants: a published version never changes, and a case stays on the version it began with; every open stage of a
//! programme is reached and has a way to the closing.

mod act;
mod actor;
mod beside;
mod change;
mod check;
mod choice;
mod command;
mod counting;
mod demands;
pub(crate) mod directory;
mod document;
mod error;
mod evaluation;
mod fault;
mod field;
mod ladder;
mod model;
mod reading;
mod service;
mod shipped;
mod store;
mod supervision;
mod terms;
mod vocabulary;
mod workflow;

pub use act::{ActWords, CaseAct};
pub use actor::{Actor, Grant, Standing};
pub use change::ProgrammeChange;
pub use command::{DraftProgramme, DraftSource, SeenProgramme, UpdateProgramme};
pub use counting::{Counts, JudgedLimits, JudgedUntil, OnTime};
pub use error::{ProgrammeError, ProgrammeErrorCode};
pub use evaluation::{EvaluationForm, Question, SCORES};
pub use fault::{FAULTS_TOLD, Fault, ProgrammeRule};
pub use field::{Choice, Field, FieldKind, FieldReaders, FieldValue, TextKeeping};
pub use ladder::{Rung, RungAct, RungMoment};
pub use model::{
    LimitSource, Name, OnReturn, Programme, ProgrammeRecord, ProgrammeVersion, Rule, RuleOrganisation, Stage,
    StageLimit,
};
pub use reading::{FILE_LIMIT, read};
pub use service::ProgrammeService;
pub use shipped::templates;
pub use supervision::SupervisionCost;
pub use terms::Terms;
pub use vocabulary::{CaseSource, CaseState, Condition, Input, Relation, SettlementLevel, SupervisionLevel};
pub use workflow::{Refusal, Verdict, Why, available, judge};
