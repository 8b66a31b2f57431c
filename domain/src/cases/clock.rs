//! When a case is due and how its time stands: pure functions of what the case began with, the calendar and now.
//!
//! Nothing that is done with a case restarts its clock. It runs from the report until the closing; a case that ends
//! otherwise has none any more.

use chrono::NaiveDateTime;

use crate::cases::model::{Case, CaseLimit};
use crate::kernel::calendar::{Light, WorkCalendar};
use crate::kernel::id::Timestamp;

const MINUTE_MICROS: i64 = 60 * 1_000_000;

/// How the time of a case stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseClock {
    /// What it may take, and why.
    pub limit: CaseLimit,
    /// Since when it counts.
    pub started_at: Timestamp,
    /// When it must be done.
    pub due_at: Timestamp,
    /// Whether that depends on a year whose days off were not published yet.
    pub provisional: bool,
    /// Minutes that it may take altogether; a day has 1440.
    pub budget_minutes: i64,
    /// Minutes of these that were used.
    pub consumed_minutes: i64,
    /// How it stands.
    pub light: Light,
    started_on: NaiveDateTime,
    due_on: NaiveDateTime,
}

impl CaseClock {
    /// When it began and when it is due, as the clocks of the district show it.
    #[must_use]
    pub const fn on_the_wall(&self) -> (NaiveDateTime, NaiveDateTime) {
        (self.started_on, self.due_on)
    }
}

/// When a case that begins at `start` is due; none without a limit.
pub(super) fn due_at(
    limit: Option<CaseLimit>,
    start: Timestamp,
    calendar: &WorkCalendar,
) -> Option<Timestamp> {
    limit?.limit.deadline(start, &[], calendar).at
}

/// The clock of a case, yellow when so much of its time was used; none for a case without a limit, or one that ended
/// without being closed.
pub(super) fn clock(
    case: &Case,
    now: Timestamp,
    calendar: &WorkCalendar,
    yellow_percent: u8,
) -> Option<CaseClock> {
    let given = case.limit?;
    let until = if case.state.is_open() { now } else { case.closed_at? };
    let start = case.opened_at;
    let deadline = given.limit.deadline(start, &[], calendar);
    let due_at = deadline.at?;
    Some(CaseClock {
        limit: given,
        started_at: start,
        due_at,
        provisional: deadline.provisional,
        budget_minutes: given.limit.budget() / MINUTE_MICROS,
        consumed_minutes: given.limit.consumed(start, &[], until, calendar) / MINUTE_MICROS,
        light: given.limit.light(start, &[], until, calendar, yellow_percent),
        started_on: calendar.wall(start),
        due_on: calendar.wall(due_at),
    })
}

#[cfg(test)]
mod tests {
    use super::clock;
    use crate::cases::fixture::case;
    use crate::cases::model::{CaseLimit, CaseState};
    use crate::kernel::calendar::{Light, Limit, LimitKind, WorkCalendar};
    use crate::kernel::id::Timestamp;

    /// 2026-11-24T01:00:00Z, nine o'clock on a Tuesday in China.
    const TUESDAY: Timestamp = Timestamp(1_795_482_000_000_000);
    const HOUR: i64 = 3_600;

    #[test]
    fn a_clock_runs_from_the_report_to_the_closing_and_no_further() {
        let calendar = WorkCalendar::default();
        let limit = Limit { amount: 10, kind: LimitKind::WorkingHour };
        let mut case = case(CaseState::Handling);
        case.opened_at = TUESDAY;
        let now = TUESDAY.plus_seconds(24 * HOUR);
        assert_eq!(clock(&case, now, &calendar, 80), None, "no limit");

        case.limit = Some(CaseLimit { limit, category: None });
        let told = |case: &_, now| {
            clock(case, now, &calendar, 80).map(|clock| (clock.consumed_minutes, clock.light))
        };
        // Seven hours on Tuesday, three on Wednesday: due at eleven.
        let due = clock(&case, now, &calendar, 80).map(|clock| clock.on_the_wall().1.to_string());
        assert_eq!(due.as_deref(), Some("2026-11-25 11:00:00"));
        assert_eq!(told(&case, TUESDAY.plus_seconds(HOUR)), Some((60, Light::Green)));
        assert_eq!(told(&case, now), Some((480, Light::Yellow)), "four fifths are used");
        assert_eq!(told(&case, now.plus_seconds(3 * HOUR)), Some((660, Light::Red)));

        // Closed in time, it stays as it was.
        (case.state, case.closed_at) = (CaseState::Closed, Some(TUESDAY.plus_seconds(HOUR)));
        assert_eq!(told(&case, now.plus_seconds(1_000 * HOUR)), Some((60, Light::Green)));
        (case.state, case.closed_at) = (CaseState::Withdrawn, None);
        assert_eq!(told(&case, now), None);
    }
}
