//! User errors of the webhooks slice.

use async_graphql::{Context, Enum, SimpleObject};
use fengqiao_domain::kernel::failure::Problem;
use fengqiao_domain::webhooks::WebhookError;

use crate::graphql::kit::message::{language, message};

/// What is wrong with a request to the webhooks slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::webhooks::WebhookErrorCode")]
pub enum WebhookErrorCode {
    /// No such webhook or delivery, or none that the caller sees.
    NotFound,
    /// It belongs to somebody else.
    NotOwner,
    /// Somebody changed it meanwhile.
    Conflict,
    /// A text is missing, or nothing is named.
    Required,
    /// A text is too long.
    TooLong,
    /// A text holds control characters.
    InvalidText,
    /// It is no address, or one with a user, a password or a fragment.
    InvalidUrl,
    /// Its scheme is not taken: `https` is.
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
    TooMany,
    /// It is called no more, until its owner enables it.
    Disabled,
}

/// A mistake in a request to the webhooks slice.
#[derive(Clone, Debug, SimpleObject)]
pub struct WebhookUserError {
    /// What is wrong, for people, in the request's language.
    pub(crate) message: String,
    /// Path of the input at fault below `input`; empty for the whole.
    pub(crate) path: Vec<String>,
    /// What is wrong, for programs.
    code: WebhookErrorCode,
    /// The version that it has now, for `CONFLICT`.
    current_version: Option<i64>,
}

fn holes(error: &WebhookError) -> Vec<(&'static str, String)> {
    match error {
        WebhookError::TooLong { limit } => vec![("limit", limit.to_string())],
        WebhookError::TooMany { limit } => vec![("limit", limit.to_string())],
        _ => vec![],
    }
}

impl WebhookUserError {
    /// The problems of a use case, told in the request's language.
    #[must_use]
    pub fn all(ctx: &Context<'_>, problems: Vec<Problem<WebhookError>>) -> Vec<Self> {
        let language = language(ctx);
        let told = |problem: Problem<WebhookError>| {
            let code = problem.error.code();
            let name: &'static str = code.into();
            let message = message(language, &format!("webhooks.{name}"), &holes(&problem.error));
            let current_version = match problem.error {
                WebhookError::Conflict { current_version } => Some(current_version),
                _ => None,
            };
            Self { message, path: problem.path, code: code.into(), current_version }
        };
        problems.into_iter().map(told).collect()
    }
}
