//! What a caller of the files slice can get wrong.

use strum::{EnumDiscriminants, EnumIter, IntoStaticStr};

use crate::kernel::failure::Refusing;

/// A mistake in a request to the files slice.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(name(FileErrorCode))]
#[strum_discriminants(derive(EnumIter, IntoStaticStr, Hash))]
#[strum_discriminants(strum(serialize_all = "SCREAMING_SNAKE_CASE"))]
#[strum_discriminants(doc = "The code of a [`FileError`].")]
pub enum FileError {
    /// No such attachment, or none that the caller sees.
    NotFound,
    /// It is attached already, and what is attached stays.
    AlreadyAttached,
    /// The file is empty, or there is none.
    Required,
    /// It is neither a JPEG, PNG or WebP image nor a PDF document, whatever its name says.
    UnsupportedMedia,
    /// It begins like an image and cannot be drawn.
    Unreadable,
    /// The image has more pixels than are drawn.
    TooManyPixels {
        /// Most pixels.
        limit: u64,
    },
    /// The caller brought more than they attached.
    TooManyWaiting {
        /// Most that wait.
        limit: u64,
    },
    /// A name is too long.
    TooLong {
        /// Most characters.
        limit: usize,
    },
    /// A name holds control characters.
    InvalidText,
    /// The point is not on earth, or only half of it was given.
    InvalidPoint,
    /// The time lies in the future.
    InvalidTime,
}

impl Refusing for FileError {}

impl FileError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> FileErrorCode {
        self.into()
    }
}
