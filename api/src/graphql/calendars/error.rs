//! User errors of the calendars slice.

use async_graphql::{Context, Enum, SimpleObject};
use fengqiao_domain::calendars::CalendarError;
use fengqiao_domain::kernel::failure::Problem;

use crate::graphql::kit::message::{language, message};

/// What is wrong with a request to the calendars slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::calendars::CalendarErrorCode")]
pub enum CalendarErrorCode {
    /// It changed since the caller saw it: read it again and repeat with `currentVersion`.
    Conflict,
    /// No zone of the IANA database has that name.
    InvalidZone,
    /// A time of day is not between `00:00` and `24:00`, or is not written `HH:MM`.
    InvalidTime,
    /// A shift ends before it begins, two overlap, or there is none.
    InvalidShifts,
    /// Every day of the week is a day of rest.
    NoWorkday,
    /// A period does not begin after the one before it.
    InvalidPeriods,
    /// More periods than a calendar may have.
    TooManyPeriods,
}

/// A mistake in a request to the calendars slice.
#[derive(Clone, Debug, SimpleObject)]
pub struct CalendarUserError {
    /// What is wrong, for people, in the request's language.
    pub(crate) message: String,
    /// Path of the input at fault below `input`; empty for the whole.
    pub(crate) path: Vec<String>,
    /// What is wrong, for programs.
    code: CalendarErrorCode,
    /// The present version, with `CONFLICT`.
    current_version: Option<i64>,
}

impl CalendarUserError {
    /// The problems of a use case, told in the request's language.
    #[must_use]
    pub fn all(ctx: &Context<'_>, problems: Vec<Problem<CalendarError>>) -> Vec<Self> {
        let language = language(ctx);
        let told = |Problem { error, path }: Problem<CalendarError>| {
            let code = error.code();
            let (holes, current_version) = match error {
                CalendarError::Conflict { current_version } => (vec![], Some(current_version)),
                CalendarError::TooManyPeriods { limit } => (vec![("limit", limit.to_string())], None),
                CalendarError::InvalidZone
                | CalendarError::InvalidTime
                | CalendarError::InvalidShifts
                | CalendarError::NoWorkday
                | CalendarError::InvalidPeriods => (vec![], None),
            };
            let name: &'static str = code.into();
            let message = message(language, &format!("calendars.{name}"), &holes);
            Self { message, path, code: code.into(), current_version }
        };
        problems.into_iter().map(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use fengqiao_domain::calendars::CalendarErrorCode;
    use strum::IntoEnumIterator as _;

    use crate::graphql::kit::message::message;
    use crate::http::Language;

    #[test]
    fn every_code_has_a_message_in_both_languages() {
        for code in CalendarErrorCode::iter() {
            let key = format!("calendars.{}", <&str>::from(code));
            let (chinese, english) = (message(Language::Zh, &key, &[]), message(Language::En, &key, &[]));
            assert!(!chinese.contains(&key) && !chinese.is_ascii(), "no Chinese message for {key}");
            assert!(!english.contains(&key) && english.is_ascii(), "no English message for {key}");
        }
    }
}
