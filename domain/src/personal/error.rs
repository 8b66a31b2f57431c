//! What a caller can get wrong who wants to read somebody whole.

use strum::{EnumDiscriminants, EnumIter, IntoStaticStr};

use crate::kernel::failure::Refusing;
use crate::kernel::text::BadText;

/// A mistake in a request to read somebody whole.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(name(PersonErrorCode))]
#[strum_discriminants(derive(EnumIter, IntoStaticStr, Hash))]
#[strum_discriminants(strum(serialize_all = "SCREAMING_SNAKE_CASE"))]
#[strum_discriminants(doc = "The code of a [`PersonError`].")]
pub enum PersonError {
    /// No such thing that the caller sees, or nothing is known of a person.
    NotFound,
    /// The caller sees it, and no grant of theirs that allows it covers it; or the report is anonymous and says no address.
    NotPermitted,
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong {
        /// Most characters.
        limit: usize,
    },
    /// A text holds control characters.
    InvalidText,
}

impl Refusing for PersonError {
    fn refuses(&self) -> bool {
        matches!(self, Self::NotPermitted)
    }
}

impl PersonError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> PersonErrorCode {
        self.into()
    }
}

impl From<BadText> for PersonError {
    fn from(bad: BadText) -> Self {
        match bad {
            BadText::Empty => Self::Required,
            BadText::TooLong { limit } => Self::TooLong { limit },
            BadText::ControlCharacter => Self::InvalidText,
        }
    }
}
