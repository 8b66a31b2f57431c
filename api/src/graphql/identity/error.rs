//! User errors of the identity slice.

use async_graphql::{Context, Enum, SimpleObject};
use fengqiao_domain::identity::IdentityError;
use fengqiao_domain::kernel::failure::Problem;

use crate::graphql::kit::message::{language, message};
use crate::http::Language;

/// What is wrong with a request to the identity slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::identity::IdentityErrorCode")]
pub enum IdentityErrorCode {
    /// The account or the password is wrong, or the account is disabled: which one is not told.
    InvalidCredentials,
    /// The access token is not valid, or no longer.
    TokenInvalid,
    /// The refresh token is not valid, or no longer: sign in again.
    RefreshInvalid,
    /// No such account, session, grant, target or category, or none that the caller sees.
    NotFound,
    /// The caller sees it and may not do this to it.
    NotPermitted,
    /// The password is right, and the account wants a code of its second factor besides: ask for it, and send it as
    /// `secondFactorCode`.
    SecondFactorRequired,
    /// The code is wrong, or counted before: each counts once, for about a minute.
    InvalidCode,
    /// There is a second factor already: remove it to begin another.
    SecondFactorInForce,
    /// The password is right and must be changed, for somebody else gave it or its time is over: ask for a new one, and send both, the
    /// new one as `newPassword`.
    PasswordChangeRequired,
    /// The password is right, and somebody gave it who did so too long ago: ask them for another.
    PasswordLapsed,
    /// A new password has too few kinds of characters: small and capital letters, digits, others.
    PasswordTooSimple,
    /// A new password is one that everybody tries first, or made of such words, names and dates.
    PasswordTooCommon,
    /// A new password is the present one, or one of the last.
    PasswordUsedBefore,
    /// Secrets of programs are for accounts that hold the role `API_CLIENT` and no other.
    NotAProgram,
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong,
    /// A text is too short.
    TooShort,
    /// A text holds control characters, or a name was masked.
    InvalidText,
    /// A login has 2 to 64 characters: lower-case letters, digits, `.`, `-`, `_`, a letter first.
    InvalidLogin,
    /// The login is taken within the tenant.
    LoginTaken,
    /// Not a telephone number, or a masked one.
    InvalidPhone,
    /// An administrator closed this account.
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
    /// One of the three separated administrators holds no other role that changes anything, and an auditor none that runs accounts or grants.
    AdministratorsSeparated,
    /// A list is too long.
    TooMany,
}

/// A mistake in a request to the identity slice.
#[derive(Clone, Debug, SimpleObject)]
pub struct IdentityUserError {
    /// What is wrong, for people, in the request's language.
    pub(crate) message: String,
    /// Path of the input at fault below `input`; empty for the whole.
    pub(crate) path: Vec<String>,
    /// What is wrong, for programs.
    code: IdentityErrorCode,
}

impl IdentityUserError {
    /// The problems of a use case, told in the request's language.
    #[must_use]
    pub fn all(ctx: &Context<'_>, problems: Vec<Problem<IdentityError>>) -> Vec<Self> {
        let language = language(ctx);
        problems
            .into_iter()
            .map(|problem| Self {
                message: told(language, &problem.error),
                path: problem.path,
                code: problem.error.code().into(),
            })
            .collect()
    }
}

/// What is wrong, for people.
pub(crate) fn told(language: Language, error: &IdentityError) -> String {
    let holes = match error {
        IdentityError::TooLong { limit }
        | IdentityError::TooShort { limit }
        | IdentityError::PasswordTooSimple { limit }
        | IdentityError::TooMany { limit } => vec![("limit", limit.to_string())],
        _ => vec![],
    };
    let name: &'static str = error.code().into();
    message(language, &format!("identity.{name}"), &holes)
}
