//! Inputs of the oversight slice's use cases, and what they are after parsing.

use crate::kernel::failure::Problem;
use crate::kernel::id::{AccountId, CategoryId, Timestamp, UnitId};
use crate::kernel::text;
use crate::oversight::error::OversightError;

/// Most characters of a reason.
const REASON_LIMIT: usize = 500;
/// Most categories of one leave.
const CATEGORY_LIMIT: usize = 100;
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Give somebody of another tenant leave to read this one.
#[derive(Clone, Debug)]
pub struct CreateOversight {
    /// Code of their tenant.
    pub home_code: String,
    /// Their account there, as they themselves read its id.
    pub home_account: AccountId,
    /// What they are called.
    pub name: String,
    /// What they may read: the district, or a town of it.
    pub unit: UnitId,
    /// The categories; none is every category.
    pub categories: Vec<CategoryId>,
    /// Why.
    pub reason: String,
    /// First instant; now when absent.
    pub since: Option<Timestamp>,
    /// First instant after it.
    pub until: Timestamp,
}

/// For how long, once it is known what time it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) since: Timestamp,
    pub(super) until: Timestamp,
}

impl CreateOversight {
    /// The reason, trimmed; the term, which does not begin in the past and is over in so many days from now.
    pub(super) fn checked(
        &self,
        now: Timestamp,
        most_days: u32,
    ) -> Result<(String, Term), Vec<Problem<OversightError>>> {
        let mut problems = vec![];
        let reason = match text::required(&self.reason, REASON_LIMIT) {
            Ok(reason) => reason,
            Err(bad) => {
                problems.push(Problem::at("reason", bad.into()));
                String::new()
            }
        };
        if self.categories.len() > CATEGORY_LIMIT {
            problems.push(Problem::at("categoryIds", OversightError::TooMany { limit: CATEGORY_LIMIT }));
        }
        let term = Term { since: self.since.unwrap_or(now).max(now), until: self.until };
        if term.until <= term.since {
            problems.push(Problem::at("untilAt", OversightError::InvalidPeriod));
        } else if term.until.micros() - now.micros() > i64::from(most_days) * DAY {
            problems.push(Problem::at("untilAt", OversightError::TooLongPeriod { limit: most_days }));
        }
        if problems.is_empty() { Ok((reason, term)) } else { Err(problems) }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn asked(since: Option<i64>, until: i64) -> CreateOversight {
        CreateOversight {
            home_code: "150300".to_owned(),
            home_account: AccountId::from_uuid(Uuid::from_u128(1)),
            name: "王督查".to_owned(),
            unit: UnitId::from_uuid(Uuid::from_u128(2)),
            categories: vec![],
            reason: " 年度督查 ".to_owned(),
            since: since.map(|days| Timestamp(days * DAY)),
            until: Timestamp(until * DAY),
        }
    }

    #[test]
    fn a_leave_lasts_from_now_on_and_not_for_ever() {
        let term = |since, until| asked(since, until).checked(Timestamp(10 * DAY), 90).map(|(_, term)| term);
        let days =
            |since: i64, until: i64| Term { since: Timestamp(since * DAY), until: Timestamp(until * DAY) };
        assert_eq!(term(None, 100), Ok(days(10, 100)));
        assert_eq!(term(Some(20), 100), Ok(days(20, 100)));
        assert_eq!(term(Some(1), 100), Ok(days(10, 100)), "what is over is no part of it");
        for (since, until) in [(None, 10), (None, 9), (Some(20), 20), (Some(20), 15)] {
            let wrong = vec![Problem::at("untilAt", OversightError::InvalidPeriod)];
            assert_eq!(term(since, until), Err(wrong), "{since:?} to {until}");
        }
        let long = vec![Problem::at("untilAt", OversightError::TooLongPeriod { limit: 90 })];
        assert_eq!(term(None, 101), Err(long.clone()));
        assert_eq!(term(Some(20), 101), Err(long), "from now on, and not from its beginning");
    }

    #[test]
    fn a_leave_has_a_reason() {
        let reason = |text: &str| {
            let asked = CreateOversight { reason: text.to_owned(), ..asked(None, 20) };
            asked.checked(Timestamp(10 * DAY), 90).map(|(reason, _)| reason)
        };
        assert_eq!(reason(" 年度督查 "), Ok("年度督查".to_owned()));
        assert_eq!(reason("  "), Err(vec![Problem::at("reason", OversightError::Required)]));
        let long = vec![Problem::at("reason", OversightError::TooLong { limit: 500 })];
        assert_eq!(reason(&"查".repeat(501)), Err(long));
    }
}
