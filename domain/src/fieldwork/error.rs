//! What a caller can get wrong about visits.

use strum::{EnumDiscriminants, EnumIter, IntoStaticStr};

use crate::cases::CaseError;
use crate::kernel::failure::{Failure, Problem, Refusing};
use crate::kernel::text::BadText;
use crate::org::PlaceError;

/// A mistake in a request about visits.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(name(VisitErrorCode))]
#[strum_discriminants(derive(EnumIter, IntoStaticStr, Hash))]
#[strum_discriminants(strum(serialize_all = "SCREAMING_SNAKE_CASE"))]
#[strum_discriminants(doc = "The code of a [`VisitError`].")]
pub enum VisitError {
    /// No such visit, case or place, or none that the caller sees.
    NotFound,
    /// The caller sees it and may not do this to it.
    NotPermitted,
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong {
        /// Most characters.
        limit: usize,
    },
    /// A text holds control characters, or a name or number was masked.
    InvalidText,
    /// The place is dissolved.
    InvalidPlace,
    /// The point is not on earth.
    InvalidPoint,
    /// The time lies in the future.
    InvalidTime,
    /// Nobody who lives was born on that day.
    InvalidBirthDate,
    /// On no ground is anything kept of a child.
    ChildDataUnfounded,
    /// It was struck off before.
    AlreadyVoided,
}

impl Refusing for VisitError {
    fn refuses(&self) -> bool {
        matches!(self, Self::NotPermitted)
    }
}

impl VisitError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> VisitErrorCode {
        self.into()
    }
}

/// A batch has one list of codes, and those of cases mean the same.
impl From<VisitError> for CaseError {
    fn from(error: VisitError) -> Self {
        match error {
            VisitError::NotFound => Self::NotFound,
            // Nothing that is recorded is struck off already.
            VisitError::NotPermitted | VisitError::AlreadyVoided => Self::NotPermitted,
            VisitError::Required | VisitError::ChildDataUnfounded => Self::Required,
            VisitError::TooLong { limit } => Self::TooLong { limit },
            VisitError::InvalidText => Self::InvalidText,
            VisitError::InvalidPlace => Self::InvalidPlace,
            VisitError::InvalidPoint => Self::InvalidPoint,
            VisitError::InvalidTime | VisitError::InvalidBirthDate => Self::InvalidTime,
        }
    }
}

/// A refused text.
pub(super) fn bad_text(bad: BadText, path: &str) -> Problem<VisitError> {
    let error = match bad {
        BadText::Empty => VisitError::Required,
        BadText::TooLong { limit } => VisitError::TooLong { limit },
        BadText::ControlCharacter => VisitError::InvalidText,
    };
    Problem::at(path, error)
}

/// A refused place.
pub(super) fn misplaced(failure: Failure<PlaceError>) -> Failure<VisitError> {
    failure.map(|error| match error {
        PlaceError::Required => VisitError::Required,
        PlaceError::NotFound => VisitError::NotFound,
        PlaceError::Dissolved => VisitError::InvalidPlace,
    })
}
