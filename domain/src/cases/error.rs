//! What a caller of the cases slice can get wrong.

use strum::{EnumDiscriminants, EnumIter, IntoStaticStr};

use crate::files::AttachmentKind;
use crate::kernel::failure::{Failure, Problem, Refusing};
use crate::kernel::text::BadText;
use crate::org::PlaceError;
use crate::programmes::{CaseAct, CaseState, Condition, Name, Refusal, Why};

/// A mistake in a request to the cases slice.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(name(CaseErrorCode))]
#[strum_discriminants(derive(EnumIter, IntoStaticStr, Hash))]
#[strum_discriminants(strum(serialize_all = "SCREAMING_SNAKE_CASE"))]
#[strum_discriminants(doc = "The code of a [`CaseError`].")]
pub enum CaseError {
    /// No such case, category, place or target, or none that the caller sees.
    NotFound,
    /// The caller sees it and may not do this to it.
    NotPermitted,
    /// It changed since the caller saw it.
    Conflict {
        /// Its present version.
        current_version: i64,
    },
    /// The act is not possible in the state of the case.
    IllegalTransition {
        /// The state.
        state: CaseState,
        /// The act.
        act: CaseAct,
    },
    /// The case has this category already.
    CategoryUnchanged,
    /// The programme that the case follows is for other categories, and work on the case has begun, or no programme for the
    /// category has a stage for it.
    CategoryOutsideProgramme,
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong {
        /// Most characters.
        limit: usize,
    },
    /// A text holds control characters, or a name or number was masked.
    InvalidText,
    /// The case cannot go there: wrong level, outside the caller's authority, dissolved, or itself.
    InvalidTarget,
    /// More are asked to assist than can be at once.
    TooManyTargets {
        /// Most at once.
        limit: usize,
    },
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
    TooManyVisits {
        /// Most of a case.
        limit: usize,
    },
    /// Less than one, or more than a sample can have.
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
    /// Less than one, or more than a limit may be altogether.
    InvalidAmount,
    /// It is supervised at a sterner level already.
    LowerLevel,
    /// The district has no such programme, or it is not for such cases.
    InvalidProgramme,
    /// The act takes no field by this key.
    UnknownField,
    /// The field does not hold such a value, or was given twice.
    InvalidValue,
    /// A field must have a value, and has none.
    FieldRequired {
        /// What people call it.
        name: Name,
    },
    /// More values than an act takes.
    TooManyValues {
        /// Most values.
        limit: usize,
    },
    /// More attachments than an act takes.
    TooManyAttachments {
        /// Most attachments.
        limit: usize,
    },
    /// More operations than a batch takes.
    TooManyOperations {
        /// Most operations.
        limit: usize,
    },
    /// The device called another operation the same.
    OperationReused,
    /// It is attached already, or named twice.
    AlreadyAttached,
    /// The act must come with a photo or a document of a kind, and does not.
    EvidenceRequired {
        /// What it must show.
        kind: AttachmentKind,
    },
    /// The photo does not prove anything: it has no point or no time, or is none.
    EvidenceIncomplete,
}

impl Refusing for CaseError {
    fn refuses(&self) -> bool {
        matches!(self, Self::NotPermitted)
    }
}

impl CaseError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> CaseErrorCode {
        self.into()
    }
}

/// A refused act as the caller hears of it.
pub(super) fn refused(refusal: Refusal) -> Failure<CaseError> {
    Failure::user("caseId", error_of(refusal))
}

/// What is wrong with a refused act.
pub(super) const fn error_of(refusal: Refusal) -> CaseError {
    match refusal.why {
        Why::State
        | Why::Condition(Condition::HasGiver | Condition::HasLevelAbove | Condition::HasLevelBelow) => {
            CaseError::IllegalTransition { state: refusal.from, act: refusal.act }
        }
        Why::Relation
        | Why::Permission
        | Why::Condition(Condition::NotOwnResult | Condition::NotHolder | Condition::HasAccount) => {
            CaseError::NotPermitted
        }
        Why::Condition(Condition::WindowOpen) => CaseError::ReopenWindowOver,
        Why::Condition(Condition::NotEvaluated) => CaseError::AlreadyEvaluated,
        Why::Condition(Condition::EvaluationOpen) => CaseError::EvaluationClosed,
        Why::Condition(Condition::Running) => CaseError::Paused,
        Why::Condition(Condition::Paused) => CaseError::NotPaused,
        Why::Condition(Condition::HasLimit) => CaseError::NoLimit,
        Why::Condition(Condition::ExtensionLeft) => CaseError::ExtensionsOver,
        Why::Condition(Condition::NoRequest) => CaseError::ExtensionRequested,
        Why::Condition(Condition::HasRequest) => CaseError::NoExtensionRequest,
    }
}

/// A refused text.
pub(super) fn bad_text(bad: BadText, path: &str) -> Problem<CaseError> {
    let error = match bad {
        BadText::Empty => CaseError::Required,
        BadText::TooLong { limit } => CaseError::TooLong { limit },
        BadText::ControlCharacter => CaseError::InvalidText,
    };
    Problem::at(path, error)
}

/// A refused place.
pub(super) fn misplaced(failure: Failure<PlaceError>) -> Failure<CaseError> {
    failure.map(|error| match error {
        PlaceError::Required => CaseError::Required,
        PlaceError::NotFound => CaseError::NotFound,
        PlaceError::Dissolved => CaseError::InvalidPlace,
    })
}
