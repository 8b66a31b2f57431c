//! What a caller can get wrong who gives leave to oversee, or comes by it.

use strum::{EnumDiscriminants, EnumIter, IntoStaticStr};

use crate::identity::IdentityError;
use crate::kernel::failure::{Failure, Refusing};
use crate::kernel::text::BadText;

/// A mistake in a request to the oversight slice.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(name(OversightErrorCode))]
#[strum_discriminants(derive(EnumIter, IntoStaticStr, Hash))]
#[strum_discriminants(strum(serialize_all = "SCREAMING_SNAKE_CASE"))]
#[strum_discriminants(doc = "The code of an [`OversightError`].")]
pub enum OversightError {
    /// No such leave, account, unit or category, or none that the caller sees.
    NotFound,
    /// The caller sees it and may not do this to it.
    NotPermitted,
    /// They are of this tenant, and are granted a role here.
    OwnDistrict,
    /// It ends before it begins, or has ended already.
    InvalidPeriod,
    /// It is over too late.
    TooLongPeriod {
        /// Most days.
        limit: u32,
    },
    /// Only a district or a town is overseen.
    RoleTargetMismatch,
    /// The unit is dissolved.
    TargetDissolved,
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong {
        /// Most characters.
        limit: usize,
    },
    /// A text holds control characters, or a name was masked.
    InvalidText,
    /// A list is too long, or the tenant has as many as it may.
    TooMany {
        /// Most elements.
        limit: usize,
    },
}

impl Refusing for OversightError {
    fn refuses(&self) -> bool {
        matches!(self, Self::NotPermitted)
    }
}

impl OversightError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> OversightErrorCode {
        self.into()
    }
}

impl From<BadText> for OversightError {
    fn from(bad: BadText) -> Self {
        match bad {
            BadText::Empty => Self::Required,
            BadText::TooLong { limit } => Self::TooLong { limit },
            BadText::ControlCharacter => Self::InvalidText,
        }
    }
}

/// What the identity slice says, in this slice's words: a grant's target is the unit here, and an account's name the overseer's.
pub(super) fn told(failure: Failure<IdentityError>) -> Failure<OversightError> {
    let mut failure = failure.map(|error| match error {
        IdentityError::NotFound => OversightError::NotFound,
        IdentityError::RoleTargetMismatch => OversightError::RoleTargetMismatch,
        IdentityError::TargetDissolved => OversightError::TargetDissolved,
        IdentityError::Required => OversightError::Required,
        IdentityError::TooLong { limit } => OversightError::TooLong { limit },
        IdentityError::TooMany { limit } => OversightError::TooMany { limit },
        IdentityError::InvalidText => OversightError::InvalidText,
        _ => OversightError::NotPermitted,
    });
    if let Failure::User(problems) = &mut failure {
        for problem in problems {
            match problem.path.first().map(String::as_str) {
                Some("target") => problem.path = vec!["unitId".to_owned()],
                Some("name") => problem.path.insert(0, "overseer".to_owned()),
                _ => {}
            }
        }
    }
    failure
}
