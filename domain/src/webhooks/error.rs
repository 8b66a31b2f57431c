//! What a caller of the webhooks slice can get wrong.

use strum::{EnumDiscriminants, EnumIter, IntoStaticStr};

use crate::kernel::failure::Refusing;

/// A mistake in a request to the webhooks slice.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(name(WebhookErrorCode))]
#[strum_discriminants(derive(EnumIter, IntoStaticStr, Hash))]
#[strum_discriminants(strum(serialize_all = "SCREAMING_SNAKE_CASE"))]
#[strum_discriminants(doc = "The code of a [`WebhookError`].")]
pub enum WebhookError {
    /// No such webhook or delivery, or none that the caller sees.
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
    /// A text holds control characters.
    InvalidText,
    /// It is no address, or one with a user, a password or a fragment.
    InvalidUrl,
    /// Its scheme is not taken.
    SchemeNotAllowed,
    /// It lies in a network that is not called.
    AddressNotAllowed,
    /// No event is called so.
    UnknownEventType,
    /// No such category.
    CategoryNotFound,
    /// No such unit.
    UnitNotFound,
    /// The account has as many as it may.
    TooMany {
        /// Most.
        limit: u64,
    },
    /// It is called no more, until its owner enables it.
    Disabled,
}

impl Refusing for WebhookError {}

impl WebhookError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> WebhookErrorCode {
        self.into()
    }
}
