//! When a case is due and how its time stands: pure functions of what the case began with, the calendar and now.
//!
//! Nothing that is done with a case restarts its clock. It runs from the report until the closing, but for the spans in
//! which the case stood still (挂起) or was closed before it was opened again; a case that ends otherwise has none any
//! more.

use chrono::NaiveDateTime;

use crate::cases::model::Case;
use crate::catalogue::EffectiveTerms;
use crate::kernel::calendar::{Light, Limit, Pause, WorkCalendar};
use crate::kernel::id::{CategoryId, Timestamp};
use crate::programmes::{LimitSource, Programme};

const MINUTE_MICROS: i64 = 60 * 1_000_000;

/// The time a case may take, as it was when the case was reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseLimit {
    /// What was given.
    pub given: Limit,
    /// Hours or days that it was extended by.
    pub extended: u32,
    /// The category that gives it, the case's own or one above; none where the programme gives it, or nobody remembers.
    pub category: Option<CategoryId>,
}

impl CaseLimit {
    /// What a new case may take altogether: what its programme says, which may leave it to the category.
    pub(super) fn of(programme: &Programme, terms: &EffectiveTerms) -> Option<Self> {
        let (given, category) = match programme.limit {
            LimitSource::Category => terms.limit.map(|(given, category)| (given, Some(category)))?,
            LimitSource::Programme(given) => (given, None),
            LimitSource::Stages => return None,
        };
        Some(Self { given, extended: 0, category })
    }

    /// What counts: what was given, and by what it was extended.
    #[must_use]
    pub const fn limit(self) -> Limit {
        Limit { amount: self.given.amount.saturating_add(self.extended), kind: self.given.kind }
    }
}

/// How the time of a case stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseClock {
    /// What it may take, and why.
    pub limit: CaseLimit,
    /// How often it was extended.
    pub extensions: u32,
    /// Since when it counts.
    pub started_at: Timestamp,
    /// When it must be done; none while it stands still.
    pub due_at: Option<Timestamp>,
    /// Whether that depends on a year whose days off were not published yet.
    pub provisional: bool,
    /// Minutes that it may take altogether; a day has 1440.
    pub budget_minutes: i64,
    /// Minutes of these that were used.
    pub consumed_minutes: i64,
    /// Minutes in which it stood still or was closed, by the clock on the wall.
    pub paused_minutes: i64,
    /// How it stands.
    pub light: Light,
    started_on: NaiveDateTime,
    due_on: Option<NaiveDateTime>,
}

impl CaseClock {
    /// When it began and when it is due, as the clocks of the district show it.
    #[must_use]
    pub const fn on_the_wall(&self) -> (NaiveDateTime, Option<NaiveDateTime>) {
        (self.started_on, self.due_on)
    }
}

/// When a case that begins at `start` is due; none without a limit, and while it stands still.
pub(super) fn due_at(
    limit: Option<CaseLimit>,
    start: Timestamp,
    pauses: &[Pause],
    calendar: &WorkCalendar,
) -> Option<Timestamp> {
    limit?.limit().deadline(start, pauses, calendar).at
}

/// The same case, due when its facts say.
pub(super) fn timed(case: Case, calendar: &WorkCalendar) -> Case {
    let due_at = due_at(case.limit, case.opened_at, &case.pauses, calendar);
    Case { due_at, ..case }
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
    let limit = given.limit();
    let until = if case.state.is_open() { now } else { case.closed_at? };
    let (start, pauses) = (case.opened_at, &case.pauses);
    let deadline = limit.deadline(start, pauses, calendar);
    let still = pauses.iter().map(|pause| pause.until.unwrap_or(until).micros() - pause.from.micros());
    Some(CaseClock {
        limit: given,
        extensions: case.extensions,
        started_at: start,
        due_at: deadline.at,
        provisional: deadline.provisional,
        budget_minutes: limit.budget() / MINUTE_MICROS,
        consumed_minutes: limit.consumed(start, pauses, until, calendar) / MINUTE_MICROS,
        paused_minutes: still.sum::<i64>() / MINUTE_MICROS,
        light: limit.light(start, pauses, until, calendar, yellow_percent),
        started_on: calendar.wall(start),
        due_on: deadline.at.map(|at| calendar.wall(at)),
    })
}

#[cfg(test)]
mod tests {
    use super::{CaseLimit, clock};
    use crate::cases::fixture::case;
    use crate::kernel::calendar::{Light, Limit, LimitKind, WorkCalendar};
    use crate::kernel::id::Timestamp;
    use crate::programmes::CaseState;

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

        case.limit = Some(CaseLimit { given: limit, extended: 0, category: None });
        let told = |case: &_, now| {
            clock(case, now, &calendar, 80).map(|clock| (clock.consumed_minutes, clock.light))
        };
        // Seven hours on Tuesday, three on Wednesday: due at eleven.
        let due = clock(&case, now, &calendar, 80)
            .and_then(|clock| clock.on_the_wall().1)
            .map(|due| due.to_string());
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
