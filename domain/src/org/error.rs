//! What a caller of the org slice can get wrong.

use strum::{EnumDiscriminants, EnumIter, IntoStaticStr};

use crate::kernel::failure::Refusing;

/// A mistake in a request to the org slice.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(name(OrgErrorCode))]
#[strum_discriminants(derive(EnumIter, IntoStaticStr, Hash))]
#[strum_discriminants(strum(serialize_all = "SCREAMING_SNAKE_CASE"))]
#[strum_discriminants(doc = "The code of an [`OrgError`].")]
pub enum OrgError {
    /// No such unit, grid, group or organisation, or none that the caller sees.
    NotFound,
    /// The caller sees it and may not do this to it.
    NotPermitted,
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
    /// A code has the wrong form for its level.
    InvalidCode,
    /// No edition of a register is of this year.
    InvalidYear,
    /// The code is taken.
    CodeTaken,
    /// The unit is of the wrong level for this.
    WrongLevel,
    /// The unit is dissolved.
    Dissolved,
    /// A unit cannot be its own successor, and a merger needs at least one predecessor.
    InvalidMerger,
    /// The village has given out all of its 999 grid serials.
    SerialsExhausted,
    /// The boundary is not a closed GeoJSON polygon.
    InvalidBoundary,
    /// A day lies before one that must precede it.
    InvalidDate,
    /// A list is too long.
    TooMany {
        /// Most elements.
        limit: usize,
    },
}

impl Refusing for OrgError {
    fn refuses(&self) -> bool {
        matches!(self, Self::NotPermitted)
    }
}

impl OrgError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> OrgErrorCode {
        self.into()
    }
}
