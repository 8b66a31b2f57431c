//! User errors of the federation slice.

use async_graphql::{Context, Enum, SimpleObject};
use fengqiao_domain::federation::FederationError;
use fengqiao_domain::kernel::failure::Problem;

use crate::graphql::kit::message::{language, message};

/// What is wrong with a request to the federation slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::federation::FederationErrorCode")]
pub enum FederationErrorCode {
    /// The district trusts no such provider, or not now.
    UnknownProvider,
    /// The code or the token is wrong, lapsed, not for this district, or counted before: get another one.
    InvalidProof,
    /// The provider has shut them out.
    Blocked,
    /// The provider did not answer, or not as it should: try again with what it gives anew.
    ProviderUnavailable,
    /// The provider's word is right, and no account is known so: sign in and link it, or register.
    NotLinked,
    /// The account signs in with `sessionCreate`: it has a second factor, or is an administrator's.
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
    /// Not a telephone number of China (+86).
    InvalidPhone,
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong,
    /// A text holds what it may not: control characters, or letters that such a thing has not.
    InvalidText,
    /// An address that cannot be read, has another scheme than it may, or lies where nobody is called.
    InvalidUrl,
    /// A list is too long, or the district has as many as it may.
    TooMany,
    /// The district has a provider with this issuer and audience, or with this app.
    ProviderTaken,
    /// Only providers of the other kind have this.
    WrongKind,
    /// Somebody changed it meanwhile.
    Conflict,
}

/// A mistake in a request to the federation slice.
#[derive(Clone, Debug, SimpleObject)]
pub struct FederationUserError {
    /// What is wrong, for people, in the request's language.
    pub(crate) message: String,
    /// Path of the input at fault below `input`; empty for the whole.
    pub(crate) path: Vec<String>,
    /// What is wrong, for programs.
    code: FederationErrorCode,
    /// The version that it has now, for `CONFLICT`.
    current_version: Option<i64>,
}

fn holes(error: &FederationError) -> Vec<(&'static str, String)> {
    match error {
        FederationError::TooLong { limit } | FederationError::TooMany { limit } => {
            vec![("limit", limit.to_string())]
        }
        _ => vec![],
    }
}

impl FederationUserError {
    /// The problems of a use case, told in the request's language.
    #[must_use]
    pub fn all(ctx: &Context<'_>, problems: Vec<Problem<FederationError>>) -> Vec<Self> {
        let language = language(ctx);
        let told = |problem: Problem<FederationError>| {
            let code = problem.error.code();
            let name: &'static str = code.into();
            let message = message(language, &format!("federation.{name}"), &holes(&problem.error));
            let current_version = match problem.error {
                FederationError::Conflict { current_version } => Some(current_version),
                _ => None,
            };
            Self { message, path: problem.path, code: code.into(), current_version }
        };
        problems.into_iter().map(told).collect()
    }
}
