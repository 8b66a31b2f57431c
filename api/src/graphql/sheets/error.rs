//! User errors of the sheets slice.

use async_graphql::{Context, Enum, SimpleObject};
use fengqiao_domain::kernel::failure::Problem;
use fengqiao_domain::sheets::SheetError;

use crate::graphql::kit::message::{language, message};

/// What is wrong with a request to the sheets slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::sheets::SheetErrorCode")]
pub enum SheetErrorCode {
    /// No such file or unit, or none that the caller sees.
    NotFound,
    /// The caller may bring in files, and none of this kind.
    NotPermitted,
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong,
    /// A text holds control characters, or a line break where it must be one line.
    InvalidText,
    /// The file has come already.
    AlreadyThere,
    /// Nobody has a word on a file that they take themselves.
    OwnFile,
    /// Somebody has said something already, or its time is over.
    AlreadyDecided,
}

/// A mistake in a request to the sheets slice.
#[derive(Clone, Debug, SimpleObject)]
pub struct SheetUserError {
    /// What is wrong, for people, in the request's language.
    pub(crate) message: String,
    /// Path of the input at fault below `input`; empty for the whole.
    pub(crate) path: Vec<String>,
    /// What is wrong, for programs.
    code: SheetErrorCode,
}

impl SheetUserError {
    /// The problems of a use case, told in the request's language.
    #[must_use]
    pub fn all(ctx: &Context<'_>, problems: Vec<Problem<SheetError>>) -> Vec<Self> {
        let language = language(ctx);
        let told = |problem: Problem<SheetError>| {
            let code = problem.error.code();
            let holes = match problem.error {
                SheetError::TooLong { limit } => vec![("limit", limit.to_string())],
                _ => vec![],
            };
            let name: &'static str = code.into();
            let message = message(language, &format!("sheets.{name}"), &holes);
            Self { message, path: problem.path, code: code.into() }
        };
        problems.into_iter().map(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use fengqiao_domain::sheets::SheetErrorCode;
    use strum::IntoEnumIterator as _;

    use crate::graphql::kit::message::message;
    use crate::http::Language;

    #[test]
    fn every_code_has_a_message_in_both_languages() {
        for code in SheetErrorCode::iter() {
            let key = format!("sheets.{}", <&str>::from(code));
            let (chinese, english) = (message(Language::Zh, &key, &[]), message(Language::En, &key, &[]));
            assert!(!chinese.contains(&key) && !chinese.is_ascii(), "no Chinese message for {key}");
            assert!(!english.contains(&key) && english.is_ascii(), "no English message for {key}");
        }
    }
}
