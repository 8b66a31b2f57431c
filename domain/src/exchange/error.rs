//! What a caller of the exchange slice can get wrong.

use strum::{EnumDiscriminants, EnumIter, IntoStaticStr};

use crate::cases::CaseError;
use crate::kernel::failure::Refusing;

/// A mistake in a request to the exchange slice.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(name(ExchangeErrorCode))]
#[strum_discriminants(derive(EnumIter, IntoStaticStr, Hash))]
#[strum_discriminants(strum(serialize_all = "SCREAMING_SNAKE_CASE"))]
#[strum_discriminants(doc = "The code of an [`ExchangeError`].")]
pub enum ExchangeError {
    /// No such partner, ticket or delivery, or none that the caller sees.
    NotFound,
    /// It belongs to somebody else.
    NotOwner,
    /// Somebody changed it meanwhile.
    Conflict {
        /// The version that it has now.
        current_version: i64,
    },
    /// A text is missing.
    Required,
    /// A text is too long.
    TooLong {
        /// Most characters.
        limit: usize,
    },
    /// A text holds control characters, or what does not belong there.
    InvalidText,
    /// A key holds something else than small letters, digits and hyphens.
    InvalidKey,
    /// Another partner of the district has the key.
    KeyTaken,
    /// The mapping leads nowhere: no pointer, no such code, or something needed is not mapped.
    InvalidMapping {
        /// What of it is wrong: a pointer, a code, or what is missing.
        word: String,
    },
    /// There are more than may be.
    TooMany {
        /// Most.
        limit: u64,
    },
    /// The partner is told nothing: it has no webhook that is told all.
    NoWebhook,
    /// The partner's code stands for no category.
    UnknownCategory,
    /// The partner's code stands for no unit or grid.
    UnknownArea,
    /// The partner's word stands for nothing that is known.
    UnknownValue,
    /// An instant is none, or is to come.
    InvalidTime,
    /// A point is none on Earth, or is half there.
    InvalidPoint,
    /// Something else was sent under the same number before.
    ChangedTicket,
    /// Something else was sent under the same message id before.
    ChangedMessage,
    /// Whoever knocks is not recognised, or may not come in.
    NotAdmitted,
    /// The message was signed too long ago, or for a time to come.
    Stale {
        /// How many seconds it counts.
        window_seconds: i64,
    },
    /// The case does not take it.
    CaseRefused(CaseError),
}

impl Refusing for ExchangeError {}

impl ExchangeError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> ExchangeErrorCode {
        self.into()
    }
}

impl From<CaseError> for ExchangeError {
    fn from(error: CaseError) -> Self {
        Self::CaseRefused(error)
    }
}
