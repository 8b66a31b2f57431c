//! User errors of reading people whole.

use async_graphql::{Context, Enum, SimpleObject};
use fengqiao_domain::kernel::failure::Problem;
use fengqiao_domain::personal::PersonError;

use crate::graphql::kit::message::{language, message};

/// What is wrong with a request to read somebody whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::personal::PersonErrorCode")]
pub enum PersonErrorCode {
    /// No such thing that the caller sees, or nothing is known of a person.
    NotFound,
    /// The caller sees it, and no grant of theirs that allows it covers it; or the report is anonymous and says no address.
    NotPermitted,
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong,
    /// A text holds control characters.
    InvalidText,
}

/// A mistake in a request to read somebody whole.
#[derive(Clone, Debug, SimpleObject)]
pub struct PersonUserError {
    /// What is wrong, for people, in the request's language.
    pub(crate) message: String,
    /// Path of the input at fault below `input`; empty for the whole.
    pub(crate) path: Vec<String>,
    /// What is wrong, for programs.
    code: PersonErrorCode,
}

impl PersonUserError {
    /// The problems of a use case, told in the request's language.
    #[must_use]
    pub fn all(ctx: &Context<'_>, problems: Vec<Problem<PersonError>>) -> Vec<Self> {
        let language = language(ctx);
        let told = |problem: Problem<PersonError>| {
            let code = problem.error.code();
            let name: &'static str = code.into();
            let holes = match problem.error {
                PersonError::TooLong { limit } => vec![("limit", limit.to_string())],
                _ => vec![],
            };
            let message = message(language, &format!("personal.{name}"), &holes);
            Self { message, path: problem.path, code: code.into() }
        };
        problems.into_iter().map(told).collect()
    }
}
