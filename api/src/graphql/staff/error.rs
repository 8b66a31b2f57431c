//! User errors of the staff slice.

use async_graphql::{Context, Enum, SimpleObject};
use fengqiao_domain::kernel::failure::Problem;
use fengqiao_domain::staff::StaffError;

use crate::graphql::kit::message::{language, message};

/// What is wrong with a request to the staff slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::staff::StaffErrorCode")]
pub enum StaffErrorCode {
    /// No such person, post, appointment, team, target, account or category, or none that the caller sees.
    NotFound,
    /// The caller sees it and may not do this to it.
    NotPermitted,
    /// It changed since the caller saw it: read it again and repeat with `currentVersion`.
    Conflict,
    /// A value is missing or empty.
    Required,
    /// A text is too long.
    TooLong,
    /// A text holds control characters, or a line break where it must be one line, or the name of somebody was masked.
    InvalidText,
    /// A code has other characters than letters, digits, `.`, `-` and `_`.
    InvalidCode,
    /// The code is taken within the tenant.
    CodeTaken,
    /// Not a telephone number, or a masked one.
    InvalidPhone,
    /// A number is too great.
    TooGreat,
    /// A list is too long.
    TooMany,
    /// A period ends before it begins, or reaches beyond the one it must lie in.
    InvalidPeriod,
    /// The same person holds the same post there, or is in the team, at that time.
    PeriodOverlaps,
    /// Somebody else holds this exclusive post there, or stands in, at that time.
    PostTaken,
    /// A stand-in takes the duty of another one's own appointment: not of one's own, not of another stand-in's.
    InvalidStandIn,
    /// The kind of post takes no new holders.
    PostRetired,
    /// The post, or the role that comes with it, cannot be held at such a target.
    PostTargetMismatch,
    /// The unit or grid is dissolved.
    TargetDissolved,
    /// The person left the force.
    MemberLeft,
    /// The team was disbanded.
    TeamDisbanded,
    /// The account is another one's of the force.
    AccountTaken,
    /// An administrator closed this account.
    AccountDisabled,
    /// The appointment would give a role beyond what the caller may grant.
    GrantExceedsScope,
    /// Nobody appoints themselves to a post that gives a role.
    GrantToSelf,
    /// The post's role and one that the account holds are apart: a separated administrator holds no other role that changes anything.
    AdministratorsSeparated,
}

/// A mistake in a request to the staff slice.
#[derive(Clone, Debug, SimpleObject)]
pub struct StaffUserError {
    /// What is wrong, for people, in the request's language.
    pub(crate) message: String,
    /// Path of the input at fault below `input`; empty for the whole.
    pub(crate) path: Vec<String>,
    /// What is wrong, for programs.
    code: StaffErrorCode,
    /// The present version, with `CONFLICT`.
    current_version: Option<i64>,
}

impl StaffUserError {
    /// The problems of a use case, told in the request's language.
    #[must_use]
    pub fn all(ctx: &Context<'_>, problems: Vec<Problem<StaffError>>) -> Vec<Self> {
        let language = language(ctx);
        problems
            .into_iter()
            .map(|problem| {
                let code = problem.error.code();
                let (holes, current_version) = match problem.error {
                    StaffError::Conflict { current_version } => (vec![], Some(current_version)),
                    StaffError::TooLong { limit } | StaffError::TooMany { limit } => {
                        (vec![("limit", limit.to_string())], None)
                    }
                    StaffError::TooGreat { limit } => (vec![("limit", limit.to_string())], None),
                    _ => (vec![], None),
                };
                let name: &'static str = code.into();
                let message = message(language, &format!("staff.{name}"), &holes);
                Self { message, path: problem.path, code: code.into(), current_version }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use fengqiao_domain::staff::StaffErrorCode;
    use strum::IntoEnumIterator as _;

    use crate::graphql::kit::message::message;
    use crate::http::Language;

    #[test]
    fn every_code_has_a_message_in_both_languages() {
        for code in StaffErrorCode::iter() {
            let key = format!("staff.{}", <&str>::from(code));
            let (chinese, english) = (message(Language::Zh, &key, &[]), message(Language::En, &key, &[]));
            assert!(!chinese.contains(&key) && !chinese.is_ascii(), "no Chinese message for {key}");
            assert!(!english.contains(&key) && english.is_ascii(), "no English message for {key}");
        }
    }
}
