//! What a caller of the sheets slice can get wrong.

use strum::{EnumDiscriminants, EnumIter, IntoStaticStr};

use crate::kernel::failure::Refusing;

/// A mistake in a request to the sheets slice.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(name(SheetErrorCode))]
#[strum_discriminants(derive(EnumIter, IntoStaticStr, Hash))]
#[strum_discriminants(strum(serialize_all = "SCREAMING_SNAKE_CASE"))]
#[strum_discriminants(doc = "The code of a [`SheetError`].")]
pub enum SheetError {
    /// No such file or unit, or none that the caller sees.
    NotFound,
    /// The caller may bring in files, and none of this kind.
    NotPermitted,
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong {
        /// Most characters.
        limit: usize,
    },
    /// A text holds control characters, or a line break where it must be one line.
    InvalidText,
    /// The file has come already.
    AlreadyThere,
    /// Nobody has a word on a file that they take themselves.
    OwnFile,
    /// Somebody has said something already, or its time is over.
    AlreadyDecided,
}

impl Refusing for SheetError {
    fn refuses(&self) -> bool {
        matches!(self, Self::NotPermitted)
    }
}

impl SheetError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> SheetErrorCode {
        self.into()
    }
}
