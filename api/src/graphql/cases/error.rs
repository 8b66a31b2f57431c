//! User errors of the cases slice.

use async_graphql::{Context, Enum, SimpleObject};
use fengqiao_domain::cases::CaseError;
use fengqiao_domain::kernel::failure::Problem;

use super::enums::{CaseActKind, CaseState};
use crate::graphql::kit::message::{Language, language, message};

/// What is wrong with a request to the cases slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::cases::CaseErrorCode")]
pub enum CaseErrorCode {
    /// No such case, category, place or target, or none that the caller sees.
    NotFound,
    /// The caller sees it and may not do this to it.
    NotPermitted,
    /// It changed since the caller saw it: read it again and repeat with `currentVersion`.
    Conflict,
    /// The act is not possible in the state of the case; `state` and `act` tell which.
    IllegalTransition,
    /// The case has this category already.
    CategoryUnchanged,
    /// The programme that the case follows is for other categories, and work on the case has begun, or no programme for the
    /// category has a stage for it: refuse or strike it off and report it anew.
    CategoryOutsideProgramme,
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong,
    /// A text holds control characters, or a name or number was masked.
    InvalidText,
    /// The case cannot go there: wrong level, outside the caller's authority, dissolved, or itself.
    InvalidTarget,
    /// More are asked to assist than can be at once.
    TooManyTargets,
    /// The case cannot become part of that one: it is the same, part of it, or was refused, taken back or struck off.
    InvalidMaster,
    /// The place is dissolved.
    InvalidPlace,
    /// No new cases are filed under the category.
    CategoryRetired,
    /// The point is not on earth.
    InvalidPoint,
    /// The time lies in the future.
    InvalidTime,
    /// The case was closed longer ago than it may be reopened.
    ReopenWindowOver,
    /// It was evaluated since it was closed.
    AlreadyEvaluated,
    /// The time in which its settlement was judged is over.
    EvaluationClosed,
    /// The form of its programme has no such reason, it was chosen twice, or whoever is satisfied names one.
    UnknownReason,
    /// The form of its programme has no such question, or it was answered twice.
    UnknownQuestion,
    /// A question, or a verification, is scored from 1 to 5.
    InvalidScore,
    /// Nobody was reached who could judge.
    InvalidRating,
    /// So many return visits of a case are enough.
    TooManyVisits,
    /// Less than one, or more than the 500 that a sample can have.
    InvalidSize,
    /// No case was closed that a sample could be drawn from.
    NothingToDraw,
    /// It was said already what the case of the sample was found to be.
    AlreadyChecked,
    /// Another case has the external number.
    DuplicateExternalNumber,
    /// It stands still and must be resumed first.
    Paused,
    /// It does not stand still.
    NotPaused,
    /// It has no limit that could be extended.
    NoLimit,
    /// It was extended as often as it may be.
    ExtensionsOver,
    /// More time was asked for, and nobody has answered.
    ExtensionRequested,
    /// Nobody asks for more time.
    NoExtensionRequest,
    /// Less than one, or more than a limit may be altogether: 87,600 hours or 3,650 days.
    InvalidAmount,
    /// It is supervised at a sterner level already: the level only rises.
    LowerLevel,
    /// The district has no such programme, or it is not for such cases.
    InvalidProgramme,
    /// The act takes no field by this key.
    UnknownField,
    /// The field does not hold such a value, or was given twice.
    InvalidValue,
    /// A field of the case's programme must have a value, and has none.
    FieldRequired,
    /// More values than an act takes.
    TooManyValues,
    /// More attachments than an act takes.
    TooManyAttachments,
    /// More operations than a batch takes.
    TooManyOperations,
    /// Another operation of yours was sent under the same `operationKey`.
    OperationReused,
    /// It is attached already, or named twice.
    AlreadyAttached,
    /// The act must come with a photo or a document of a kind, and does not: the programme of the case demands it.
    EvidenceRequired,
    /// The photo does not prove anything: it has no point or no time, or is none.
    EvidenceIncomplete,
}

/// A mistake in a request to the cases slice.
#[derive(Clone, Debug, SimpleObject)]
pub struct CaseUserError {
    /// What is wrong, for people, in the request's language.
    pub(crate) message: String,
    /// Path of the input at fault below `input`; empty for the whole.
    pub(crate) path: Vec<String>,
    /// What is wrong, for programs.
    code: CaseErrorCode,
    /// The present version, with `CONFLICT`.
    current_version: Option<i64>,
    /// The state of the case, with `ILLEGAL_TRANSITION`.
    state: Option<CaseState>,
    /// The act, with `ILLEGAL_TRANSITION`.
    act: Option<CaseActKind>,
}

impl CaseUserError {
    /// The problems of a use case, told in the request's language.
    #[must_use]
    pub fn all(ctx: &Context<'_>, problems: Vec<Problem<CaseError>>) -> Vec<Self> {
        let language = language(ctx);
        problems.into_iter().map(|problem| Self::one(language, problem)).collect()
    }

    /// One problem in a language.
    pub(crate) fn one(language: Language, problem: Problem<CaseError>) -> Self {
        let code = problem.error.code();
        let name: &'static str = code.into();
        let (mut current_version, mut state, mut act, mut holes) = (None, None, None, vec![]);
        match problem.error {
            CaseError::Conflict { current_version: version } => current_version = Some(version),
            CaseError::TooLong { limit }
            | CaseError::TooManyValues { limit }
            | CaseError::TooManyAttachments { limit }
            | CaseError::TooManyOperations { limit }
            | CaseError::TooManyVisits { limit }
            | CaseError::TooManyTargets { limit } => {
                holes.push(("limit", limit.to_string()));
            }
            CaseError::EvidenceRequired { kind } => {
                let key = format!("case.attachment.{}", <&str>::from(kind));
                holes.push(("kind", message(language, &key, &[])));
            }
            CaseError::FieldRequired { name } => {
                holes.extend([("name_zh", name.zh), ("name_en", name.en)]);
            }
            CaseError::IllegalTransition { state: from, act: tried } => {
                let name = |key: &str| message(language, key, &[]);
                holes.push(("state", name(&format!("case.state.{}", <&str>::from(from)))));
                holes.push(("act", name(&format!("case.act.{}", <&str>::from(tried)))));
                state = Some(from.into());
                act = Some(tried.into());
            }
            _ => {}
        }
        let message = message(language, &format!("case.{name}"), &holes);
        Self { message, path: problem.path, code: code.into(), current_version, state, act }
    }
}
