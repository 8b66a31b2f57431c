//! User errors of the exchange slice.

use async_graphql::{Context, Enum, SimpleObject};
use fengqiao_domain::exchange::ExchangeError;
use fengqiao_domain::kernel::failure::Problem;

use crate::graphql::kit::message::{language, message};

/// What is wrong with a request to the exchange slice, by GraphQL or at the doors of other systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::exchange::ExchangeErrorCode")]
pub enum ExchangeErrorCode {
    /// No such partner, ticket, case or delivery, or none that the caller sees.
    NotFound,
    /// It belongs to somebody else.
    NotOwner,
    /// Somebody changed it meanwhile.
    Conflict,
    /// A text is missing, or nothing is named.
    Required,
    /// A text is too long.
    TooLong,
    /// A text holds control characters, or is no text.
    InvalidText,
    /// A key holds something else than small letters, digits and hyphens.
    InvalidKey,
    /// Another partner of the district has the key.
    KeyTaken,
    /// The mapping leads nowhere: no pointer, no such code, or something needed is not mapped.
    InvalidMapping,
    /// There are more than may be.
    TooMany,
    /// The partner is told nothing: it has no webhook whose content is `FULL`.
    NoWebhook,
    /// At a door: the partner's code stands for no category.
    UnknownCategory,
    /// At a door: the partner's code stands for no unit or grid.
    UnknownArea,
    /// At a door: the partner's word stands for nothing that is known.
    UnknownValue,
    /// At a door: an instant is none.
    InvalidTime,
    /// At a door: a point is none on Earth, or is half there.
    InvalidPoint,
    /// At a door: something else was sent under the same number before.
    ChangedTicket,
    /// At a door: something else was sent under the same message id before.
    ChangedMessage,
    /// At a door: whoever knocks is not recognised, or may not come in.
    NotAdmitted,
    /// At a door: the message was signed too long ago, or for a time to come.
    Stale,
    /// At a door: the case does not take it.
    CaseRefused,
}

/// A mistake in a request to the exchange slice.
#[derive(Clone, Debug, SimpleObject)]
pub struct ExchangeUserError {
    /// What is wrong, for people, in the request's language.
    pub(crate) message: String,
    /// Path of the input at fault below `input`; empty for the whole.
    pub(crate) path: Vec<String>,
    /// What is wrong, for programs.
    code: ExchangeErrorCode,
    /// The version that it has now, for `CONFLICT`.
    current_version: Option<i64>,
}

/// What is put into a message.
pub(crate) fn holes(error: &ExchangeError) -> Vec<(&'static str, String)> {
    match error {
        ExchangeError::TooLong { limit } => vec![("limit", limit.to_string())],
        ExchangeError::TooMany { limit } => vec![("limit", limit.to_string())],
        ExchangeError::InvalidMapping { word } => vec![("word", word.clone())],
        ExchangeError::Stale { window_seconds } => vec![("seconds", window_seconds.to_string())],
        _ => vec![],
    }
}

impl ExchangeUserError {
    /// The problems of a use case, told in the request's language.
    #[must_use]
    pub fn all(ctx: &Context<'_>, problems: Vec<Problem<ExchangeError>>) -> Vec<Self> {
        let language = language(ctx);
        let told = |problem: Problem<ExchangeError>| {
            let code = problem.error.code();
            let name: &'static str = code.into();
            let message = message(language, &format!("exchange.{name}"), &holes(&problem.error));
            let current_version = match problem.error {
                ExchangeError::Conflict { current_version } => Some(current_version),
                _ => None,
            };
            Self { message, path: problem.path, code: code.into(), current_version }
        };
        problems.into_iter().map(told).collect()
    }
}
