//! User errors of the programmes slice.

use async_graphql::{Context, Enum, SimpleObject};
use fengqiao_domain::kernel::failure::Problem;
use fengqiao_domain::programmes::ProgrammeError;

use super::fault::ProgrammeFault;
use crate::graphql::kit::message::{language, message};

/// What is wrong with a request to the programmes slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::programmes::ProgrammeErrorCode")]
pub enum ProgrammeErrorCode {
    /// No such programme, version or template in the caller's tenant.
    NotFound,
    /// It changed since the caller saw it: read it again and repeat with `currentVersion`.
    Conflict,
    /// The file breaks a rule: `fault` says which, and where.
    InvalidDefinition,
    /// Another programme of the tenant has the key.
    KeyTaken,
    /// The file is of another programme: a key never changes.
    KeyChanged,
    /// Nothing was drafted since the last publishing.
    NoDraft,
    /// The tenant has no category by a code that the file names.
    UnknownCategory,
    /// The tenant has no organisation by a code that the file names.
    UnknownOrganisation,
    /// Another programme is for the same categories and sources: a report would not know which to follow.
    Contended,
}

/// A mistake in a request to the programmes slice.
#[derive(Clone, Debug, SimpleObject)]
pub struct ProgrammeUserError {
    /// What is wrong, for people, in the request's language.
    pub(crate) message: String,
    /// Path of the input at fault below `input`; empty for the whole.
    pub(crate) path: Vec<String>,
    /// What is wrong, for programs.
    code: ProgrammeErrorCode,
    /// The present version, with `CONFLICT`.
    current_version: Option<i64>,
    /// Where the file is wrong, with `INVALID_DEFINITION`.
    fault: Option<ProgrammeFault>,
}

impl ProgrammeUserError {
    /// The problems of a use case, told in the request's language.
    #[must_use]
    pub fn all(ctx: &Context<'_>, problems: Vec<Problem<ProgrammeError>>) -> Vec<Self> {
        let language = language(ctx);
        let told = |Problem { error, path }: Problem<ProgrammeError>| {
            let code = error.code();
            let (holes, current_version, fault) = match error {
                ProgrammeError::Conflict { current_version } => (vec![], Some(current_version), None),
                ProgrammeError::InvalidDefinition(fault) => {
                    (vec![], None, Some(ProgrammeFault::told(fault, language)))
                }
                ProgrammeError::UnknownCategory { code } | ProgrammeError::UnknownOrganisation { code } => {
                    (vec![("code", code)], None, None)
                }
                ProgrammeError::Contended { key } => (vec![("key", key)], None, None),
                ProgrammeError::NotFound
                | ProgrammeError::KeyTaken
                | ProgrammeError::KeyChanged
                | ProgrammeError::NoDraft => (vec![], None, None),
            };
            let name: &'static str = code.into();
            let message = message(language, &format!("programmes.{name}"), &holes);
            Self { message, path, code: code.into(), current_version, fault }
        };
        problems.into_iter().map(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use fengqiao_domain::programmes::ProgrammeErrorCode;
    use strum::IntoEnumIterator as _;

    use crate::graphql::kit::message::message;
    use crate::http::Language;

    #[test]
    fn every_code_has_a_message_in_both_languages() {
        for code in ProgrammeErrorCode::iter() {
            let key = format!("programmes.{}", <&str>::from(code));
            let (chinese, english) = (message(Language::Zh, &key, &[]), message(Language::En, &key, &[]));
            assert!(!chinese.contains(&key) && !chinese.is_ascii(), "no Chinese message for {key}");
            assert!(!english.contains(&key) && english.is_ascii(), "no English message for {key}");
        }
    }
}
