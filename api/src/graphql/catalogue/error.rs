//! User errors of the catalogue slice.

use async_graphql::{Context, Enum, SimpleObject};
use fengqiao_domain::catalogue::CategoryError;
use fengqiao_domain::kernel::failure::Problem;

use crate::graphql::kit::message::{language, message};

/// What is wrong with a request to the catalogue slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::catalogue::CategoryErrorCode")]
pub enum CategoryErrorCode {
    /// No such category in the caller's tenant.
    NotFound,
    /// It changed since the caller saw it: read it again and repeat with `currentVersion`.
    Conflict,
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong,
    /// A text holds control characters.
    InvalidText,
    /// A code is not made of letters, digits, `-`, `_` and `.`.
    InvalidCode,
    /// The code is taken within the tenant.
    CodeTaken,
    /// A limit is not between one hour and ten years.
    InvalidLimit,
    /// Who is asked first is neither `territory_first` nor `owner_first`.
    InvalidRouting,
    /// The metres or hours within which cases are alike are out of bounds.
    InvalidNearness,
    /// No such organisation in the caller's tenant.
    OrganisationNotFound,
    /// No such unit in the caller's tenant.
    UnitNotFound,
    /// The organisation answers for the category within this unit already.
    DutyTaken,
    /// The duty has ended already.
    DutyEnded,
    /// The tree would become deeper than its 8 levels.
    TooDeep,
}

/// A mistake in a request to the catalogue slice.
#[derive(Clone, Debug, SimpleObject)]
pub struct CatalogueUserError {
    /// What is wrong, for people, in the request's language.
    pub(crate) message: String,
    /// Path of the input at fault below `input`; empty for the whole.
    pub(crate) path: Vec<String>,
    /// What is wrong, for programs.
    code: CategoryErrorCode,
    /// The present version, with `CONFLICT`.
    current_version: Option<i64>,
}

impl CatalogueUserError {
    /// The problems of a use case, told in the request's language.
    #[must_use]
    pub fn all(ctx: &Context<'_>, problems: Vec<Problem<CategoryError>>) -> Vec<Self> {
        let language = language(ctx);
        problems
            .into_iter()
            .map(|problem| {
                let code = problem.error.code();
                let (holes, current_version) = match problem.error {
                    CategoryError::Conflict { current_version } => (vec![], Some(current_version)),
                    CategoryError::TooLong { limit } => (vec![("limit", limit.to_string())], None),
                    CategoryError::TooDeep { limit } => (vec![("limit", limit.to_string())], None),
                    _ => (vec![], None),
                };
                let name: &'static str = code.into();
                let message = message(language, &format!("catalogue.{name}"), &holes);
                Self { message, path: problem.path, code: code.into(), current_version }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use fengqiao_domain::catalogue::CategoryErrorCode;
    use strum::IntoEnumIterator as _;

    use crate::graphql::kit::message::message;
    use crate::http::Language;

    #[test]
    fn every_code_has_a_message_in_both_languages() {
        for code in CategoryErrorCode::iter() {
            let key = format!("catalogue.{}", <&str>::from(code));
            let (chinese, english) = (message(Language::Zh, &key, &[]), message(Language::En, &key, &[]));
            assert!(!chinese.contains(&key) && !chinese.is_ascii(), "no Chinese message for {key}");
            assert!(!english.contains(&key) && english.is_ascii(), "no English message for {key}");
        }
    }
}
