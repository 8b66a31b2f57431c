//! User errors of the org slice.

use async_graphql::{Context, Enum, SimpleObject};
use fengqiao_domain::kernel::failure::Problem;
use fengqiao_domain::org::OrgError;

use crate::graphql::kit::message::{language, message};

/// What is wrong with a request to the org slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::org::OrgErrorCode")]
pub enum OrgErrorCode {
    /// No such unit, grid, group or organisation, or none that the caller sees.
    NotFound,
    /// The caller sees it and may not do this to it.
    NotPermitted,
    /// It changed since the caller saw it: read it again and repeat with `currentVersion`.
    Conflict,
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong,
    /// A text holds control characters.
    InvalidText,
    /// A code has the wrong form for its level, or does not begin with the code of the unit above.
    InvalidCode,
    /// No edition of a register is of this year: they are of 1980 to 2100.
    InvalidYear,
    /// The code is taken within the tenant.
    CodeTaken,
    /// The unit is of the wrong level for this.
    WrongLevel,
    /// The unit is dissolved.
    Dissolved,
    /// A unit cannot be its own successor, and a merger needs distinct predecessors.
    InvalidMerger,
    /// The village has given out all of its 999 grid serials.
    SerialsExhausted,
    /// The boundary is not a closed GeoJSON polygon in degrees, or is larger than 64 kB.
    InvalidBoundary,
    /// A day lies before one that must precede it, or is taken.
    InvalidDate,
    /// A list is too long.
    TooMany,
}

/// A mistake in a request to the org slice.
#[derive(Clone, Debug, SimpleObject)]
pub struct OrgUserError {
    /// What is wrong, for people, in the request's language.
    pub(crate) message: String,
    /// Path of the input at fault below `input`; empty for the whole.
    pub(crate) path: Vec<String>,
    /// What is wrong, for programs.
    code: OrgErrorCode,
    /// The present version, with `CONFLICT`.
    current_version: Option<i64>,
}

impl OrgUserError {
    /// The problems of a use case, told in the request's language.
    #[must_use]
    pub fn all(ctx: &Context<'_>, problems: Vec<Problem<OrgError>>) -> Vec<Self> {
        let language = language(ctx);
        problems
            .into_iter()
            .map(|problem| {
                let code = problem.error.code();
                let (holes, current_version) = match problem.error {
                    OrgError::Conflict { current_version } => (vec![], Some(current_version)),
                    OrgError::TooLong { limit } | OrgError::TooMany { limit } => {
                        (vec![("limit", limit.to_string())], None)
                    }
                    _ => (vec![], None),
                };
                let name: &'static str = code.into();
                let message = message(language, &format!("org.{name}"), &holes);
                Self { message, path: problem.path, code: code.into(), current_version }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use fengqiao_domain::org::OrgErrorCode;
    use strum::IntoEnumIterator as _;

    use crate::graphql::kit::message::message;
    use crate::http::Language;

    #[test]
    fn every_code_has_a_message_in_both_languages() {
        for code in OrgErrorCode::iter() {
            let key = format!("org.{}", <&str>::from(code));
            let (chinese, english) = (message(Language::Zh, &key, &[]), message(Language::En, &key, &[]));
            assert!(!chinese.contains(&key) && !chinese.is_ascii(), "no Chinese message for {key}");
            assert!(!english.contains(&key) && english.is_ascii(), "no English message for {key}");
        }
    }
}
