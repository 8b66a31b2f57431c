//! What a caller of the catalogue slice can get wrong.

use strum::{EnumDiscriminants, EnumIter, IntoStaticStr};

use crate::kernel::failure::Refusing;

/// A mistake in a request to the catalogue slice.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(name(CategoryErrorCode))]
#[strum_discriminants(derive(EnumIter, IntoStaticStr, Hash))]
#[strum_discriminants(strum(serialize_all = "SCREAMING_SNAKE_CASE"))]
#[strum_discriminants(doc = "The code of a [`CategoryError`].")]
pub enum CategoryError {
    /// No such category.
    NotFound,
    /// It changed since the caller saw it.
    Conflict {
        /// Its present version.
        current_version: i64,
    },
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong {
        /// Most characters.
        limit: usize,
    },
    /// A text holds control characters.
    InvalidText,
    /// A code is not made of letters, digits, `-`, `_` and `.`.
    InvalidCode,
    /// The code is taken.
    CodeTaken,
    /// A limit is not between one hour and ten years.
    InvalidLimit,
    /// Who is asked first is neither `territory_first` nor `owner_first`.
    InvalidRouting,
    /// The metres or hours within which cases are alike are out of bounds.
    InvalidNearness,
    /// No such organisation.
    OrganisationNotFound,
    /// No such unit.
    UnitNotFound,
    /// The organisation answers for it already.
    DutyTaken,
    /// The duty has ended already.
    DutyEnded,
    /// The tree would become too deep.
    TooDeep {
        /// Most levels.
        limit: u32,
    },
}

impl Refusing for CategoryError {}

impl CategoryError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> CategoryErrorCode {
        self.into()
    }
}
