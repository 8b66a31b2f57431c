//! What a caller of the identity slice can get wrong.

use strum::{EnumDiscriminants, EnumIter, IntoStaticStr};

use crate::kernel::failure::Refusing;

/// A mistake in a request to the identity slice.
#[derive(Clone, Debug, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(name(IdentityErrorCode))]
#[strum_discriminants(derive(EnumIter, IntoStaticStr, Hash))]
#[strum_discriminants(strum(serialize_all = "SCREAMING_SNAKE_CASE"))]
#[strum_discriminants(doc = "The code of an [`IdentityError`].")]
pub enum IdentityError {
    /// The account or the password is wrong, or the account is disabled: which one is not told.
    InvalidCredentials,
    /// The access token is not valid, or no longer.
    TokenInvalid,
    /// The refresh token is not valid, or no longer.
    RefreshInvalid,
    /// No such account, session, grant, target or category, or none that the caller sees.
    NotFound,
    /// The caller sees it and may not do this to it.
    NotPermitted,
    /// The password is right, and the account wants a code of its second factor besides.
    SecondFactorRequired,
    /// The code is wrong, or counted before.
    InvalidCode,
    /// There is a second factor already.
    SecondFactorInForce,
    /// The password is right, and a new one must be set together with it.
    PasswordChangeRequired,
    /// The password is right, somebody gave it, and it was not used in time.
    PasswordLapsed,
    /// A new password has too few kinds of characters.
    PasswordTooSimple {
        /// Least kinds.
        limit: usize,
    },
    /// A new password is soon guessed.
    PasswordTooCommon,
    /// A new password is the present one, or one of the last.
    PasswordUsedBefore,
    /// The account holds something besides the role of a program, or nothing.
    NotAProgram,
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong {
        /// Most characters.
        limit: usize,
    },
    /// A text is too short.
    TooShort {
        /// Least characters.
        limit: usize,
    },
    /// A text holds control characters, or a name was masked.
    InvalidText,
    /// A login has 2 to 64 characters: lower-case letters, digits, `.`, `-`, `_`, a letter first.
    InvalidLogin,
    /// The login is taken.
    LoginTaken,
    /// Not a telephone number.
    InvalidPhone,
    /// The account is disabled.
    AccountDisabled,
    /// The role cannot be held at such a target.
    RoleTargetMismatch,
    /// The unit or grid is dissolved.
    TargetDissolved,
    /// A grant ends before it begins, or has ended already; a secret would count too long, or not at all.
    InvalidPeriod,
    /// The grant would exceed the caller's own scope.
    GrantExceedsScope,
    /// Nobody grants themselves anything.
    GrantToSelf,
    /// One account does not hold both: one of the three administrators, and another role that changes anything; the auditor, and one that
    /// runs accounts or grants; two of these four.
    AdministratorsSeparated,
    /// A list is too long.
    TooMany {
        /// Most elements.
        limit: usize,
    },
}

impl Refusing for IdentityError {
    fn refuses(&self) -> bool {
        matches!(self, Self::NotPermitted)
    }
}

impl IdentityError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> IdentityErrorCode {
        self.into()
    }
}
