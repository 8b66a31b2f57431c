//! User errors of the oversight slice.

use async_graphql::{Context, Enum, SimpleObject};
use fengqiao_domain::kernel::failure::Problem;
use fengqiao_domain::oversight::OversightError;

use crate::graphql::kit::message::{language, message};

/// What is wrong with a request to the oversight slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::oversight::OversightErrorCode")]
pub enum OversightErrorCode {
    /// No such grant, account, unit or category, or none that the caller sees.
    NotFound,
    /// The caller sees it and may not do this to it.
    NotPermitted,
    /// They are of this very district: grant them a role.
    OwnDistrict,
    /// It ends before it begins, or has ended already.
    InvalidPeriod,
    /// It is over later than it may be.
    TooLongPeriod,
    /// Only the district or a town of it is overseen.
    RoleTargetMismatch,
    /// The unit is dissolved.
    TargetDissolved,
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong,
    /// A text holds control characters, or a name was masked.
    InvalidText,
    /// A list is too long, or the district has as many grants in force as it may.
    TooMany,
}

/// A mistake in a request to the oversight slice.
#[derive(Clone, Debug, SimpleObject)]
pub struct OversightUserError {
    /// What is wrong, for people, in the request's language.
    pub(crate) message: String,
    /// Path of the input at fault below `input`; empty for the whole.
    pub(crate) path: Vec<String>,
    /// What is wrong, for programs.
    code: OversightErrorCode,
}

fn holes(error: &OversightError) -> Vec<(&'static str, String)> {
    match error {
        OversightError::TooLong { limit } | OversightError::TooMany { limit } => {
            vec![("limit", limit.to_string())]
        }
        OversightError::TooLongPeriod { limit } => vec![("limit", limit.to_string())],
        _ => vec![],
    }
}

impl OversightUserError {
    /// The problems of a use case, told in the request's language.
    #[must_use]
    pub fn all(ctx: &Context<'_>, problems: Vec<Problem<OversightError>>) -> Vec<Self> {
        let language = language(ctx);
        let told = |problem: Problem<OversightError>| {
            let code = problem.error.code();
            let name: &'static str = code.into();
            let message = message(language, &format!("oversight.{name}"), &holes(&problem.error));
            Self { message, path: problem.path, code: code.into() }
        };
        problems.into_iter().map(told).collect()
    }
}
