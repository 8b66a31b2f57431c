//! User errors of visits.

use async_graphql::{Context, Enum, SimpleObject};
use fengqiao_domain::fieldwork::VisitError;
use fengqiao_domain::kernel::failure::Problem;

use crate::graphql::kit::message::{language, message};

/// What is wrong with a request about visits. In a batch of `fieldSync` the codes of cases of the same names stand for them, `REQUIRED` for
/// `CHILD_DATA_UNFOUNDED` and `INVALID_TIME` for `INVALID_BIRTH_DATE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::fieldwork::VisitErrorCode")]
pub enum VisitErrorCode {
    /// No such visit, case or place, or none that the caller sees.
    NotFound,
    /// The caller sees it and may not do this to it: somebody else made the visit, or they follow up no key persons there.
    NotPermitted,
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong,
    /// A text holds control characters, or a name or number was masked.
    InvalidText,
    /// The place is dissolved.
    InvalidPlace,
    /// The point is not on earth.
    InvalidPoint,
    /// The time lies in the future.
    InvalidTime,
    /// Nobody whom one could visit was born on that day.
    InvalidBirthDate,
    /// Who was visited is under fourteen, and on no ground is anything kept of them (处理依据).
    ChildDataUnfounded,
    /// It was struck off before.
    AlreadyVoided,
}

/// A mistake in a request about visits.
#[derive(Clone, Debug, SimpleObject)]
pub struct VisitUserError {
    /// What is wrong, for people, in the request's language.
    pub(crate) message: String,
    /// Path of the input at fault below `input`; empty for the whole.
    pub(crate) path: Vec<String>,
    /// What is wrong, for programs.
    code: VisitErrorCode,
}

impl VisitUserError {
    /// The problems of a use case, told in the request's language.
    #[must_use]
    pub fn all(ctx: &Context<'_>, problems: Vec<Problem<VisitError>>) -> Vec<Self> {
        let language = language(ctx);
        let told = |problem: Problem<VisitError>| {
            let code = problem.error.code();
            let name: &'static str = code.into();
            let holes = match problem.error {
                VisitError::TooLong { limit } => vec![("limit", limit.to_string())],
                _ => vec![],
            };
            let message = message(language, &format!("fieldwork.{name}"), &holes);
            Self { message, path: problem.path, code: code.into() }
        };
        problems.into_iter().map(told).collect()
    }
}
