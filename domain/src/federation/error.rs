//! What a caller can get wrong who manages identity providers, or comes by one.

use strum::{EnumDiscriminants, EnumIter, IntoStaticStr};

use crate::identity::{IdentityError, Refusal};
use crate::kernel::failure::{Failure, Refusing};
use crate::kernel::text::BadText;

/// A mistake in a request to the federation slice.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(name(FederationErrorCode))]
#[strum_discriminants(derive(EnumIter, IntoStaticStr, Hash))]
#[strum_discriminants(strum(serialize_all = "SCREAMING_SNAKE_CASE"))]
#[strum_discriminants(doc = "The code of a [`FederationError`].")]
pub enum FederationError {
    /// The district trusts no such provider, or not now.
    UnknownProvider,
    /// The code or the token is wrong, lapsed, not for this district, or counted before.
    InvalidProof,
    /// The provider has shut them out.
    Blocked,
    /// The provider did not answer, or not as it should.
    ProviderUnavailable,
    /// The provider's word is right, and no account is known so.
    NotLinked,
    /// The account signs in with its password and a code.
    PasswordRequired,
    /// Another account is known so, or the account is known to the provider already.
    AlreadyLinked,
    /// Residents make no accounts by this provider.
    RegistrationClosed,
    /// The password is wrong.
    InvalidCredentials,
    /// No such thing, or none that the caller sees.
    NotFound,
    /// The caller sees it and may not do this to it.
    NotPermitted,
    /// Nobody lives there: it is no village.
    RoleTargetMismatch,
    /// The unit is dissolved.
    TargetDissolved,
    /// Not a telephone number of China.
    InvalidPhone,
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong {
        /// Most characters.
        limit: usize,
    },
    /// A text holds control characters.
    InvalidText,
    /// An address that cannot be read, has another scheme than it may, or lies where nobody is called.
    InvalidUrl,
    /// A list is too long.
    TooMany {
        /// Most elements.
        limit: usize,
    },
    /// The district has a provider with this issuer and audience, or this app id.
    ProviderTaken,
    /// Only providers of the other kind have this.
    WrongKind,
    /// Somebody else changed it meanwhile.
    Conflict {
        /// The version it has now.
        current_version: i64,
    },
}

impl Refusing for FederationError {
    fn refuses(&self) -> bool {
        matches!(self, Self::NotPermitted)
    }
}

impl FederationError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> FederationErrorCode {
        self.into()
    }
}

impl From<BadText> for FederationError {
    fn from(bad: BadText) -> Self {
        match bad {
            BadText::Empty => Self::Required,
            BadText::TooLong { limit } => Self::TooLong { limit },
            BadText::ControlCharacter => Self::InvalidText,
        }
    }
}

impl From<Refusal> for FederationError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotLinked => Self::NotLinked,
            Refusal::PasswordRequired => Self::PasswordRequired,
            Refusal::AlreadyLinked => Self::AlreadyLinked,
            Refusal::Repeated => Self::InvalidProof,
        }
    }
}

/// What the identity slice says, in this slice's words.
pub(super) fn told(failure: Failure<IdentityError>) -> Failure<FederationError> {
    failure.map(|error| match error {
        IdentityError::NotFound => FederationError::NotFound,
        IdentityError::RoleTargetMismatch => FederationError::RoleTargetMismatch,
        IdentityError::TargetDissolved => FederationError::TargetDissolved,
        IdentityError::Required => FederationError::Required,
        IdentityError::TooLong { limit } => FederationError::TooLong { limit },
        IdentityError::InvalidText => FederationError::InvalidText,
        IdentityError::InvalidCredentials => FederationError::InvalidCredentials,
        _ => FederationError::NotPermitted,
    })
}
