use super::{CaseLimit, Reckoning, clock, stage_clock, timed};
use crate::cases::fixture::case;
use crate::cases::model::Visit;
use crate::kernel::calendar::{Light, Limit, LimitKind, Pause, WorkCalendar};
use crate::kernel::id::Timestamp;
use crate::programmes::{CaseState, OnReturn, Programme, StageLimit};

/// 2026-11-24T01:00:00Z, nine o'clock on a Tuesday in China.
const TUESDAY: Timestamp = Timestamp(1_795_482_000_000_000);
const HOUR: i64 = 3_600;

#[test]
fn a_clock_runs_from_the_report_to_the_closing_and_no_further() {
    let calendar = WorkCalendar::default();
    let by = Reckoning { calendar: &calendar, fingerprint: 1, yellow_percent: 80 };
    let limit = Limit { amount: 10, kind: LimitKind::WorkingHour };
    let mut case = case(CaseState::Handling);
    case.opened_at = TUESDAY;
    let now = TUESDAY.plus_seconds(24 * HOUR);
    assert_eq!(clock(&case, now, &by), None, "no limit");

    case.limit = Some(CaseLimit { given: limit, extended: 0, category: None });
    let told =
        |case: &_, now| clock(case, now, &by).map(|clock| (clock.run.consumed_minutes, clock.run.light));
    // Seven hours on Tuesday, three on Wednesday: due at eleven.
    let due = clock(&case, now, &by).and_then(|clock| clock.run.on_the_wall().1).map(|due| due.to_string());
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

/// Ten hours at a stage that was left for four of them and come back to.
#[test]
fn a_stage_that_is_come_back_to_keeps_its_clock_or_restarts_it() {
    let calendar = WorkCalendar::default();
    let by = Reckoning { calendar: &calendar, fingerprint: 1, yellow_percent: 80 };
    let limit = Limit { amount: 10, kind: LimitKind::UrgentHour };
    let at = |hours: i64| TUESDAY.plus_seconds(hours * HOUR);
    let visit = |stage: &str, hours, extended| Visit { stage: stage.to_owned(), since: at(hours), extended };
    let mut case = case(CaseState::Handling);
    case.opened_at = TUESDAY;
    case.visits = vec![
        visit("discovery", 0, 0),
        visit("handling", 1, 2),
        visit("feedback", 3, 0),
        visit("handling", 7, 0),
    ];
    let told = |case: &crate::cases::model::Case, on_return| {
        let mut programme = Programme::clone(&Programme::base());
        for stage in programme.stages.iter_mut().filter(|stage| stage.key == "handling") {
            stage.limit = Some(StageLimit { limit, yellow_percent: Some(50), on_return });
        }
        let clock = stage_clock(case, &programme, at(12), &by)?;
        Some((clock.limit().amount, clock.run.consumed_minutes, clock.run.due_at, clock.run.light))
    };
    // Two hours, then five more; of twelve, for two were given on the first visit.
    let kept = Some((12, 420, Some(at(17)), Light::Yellow));
    assert_eq!(told(&case, OnReturn::Keep), kept);
    assert_eq!(told(&case, OnReturn::Restart), Some((10, 300, Some(at(17)), Light::Yellow)));

    // It stood still for an hour of each visit, and while it was elsewhere.
    let pause = |from, until| Pause { from: at(from), until: Some(at(until)) };
    case.pauses = vec![pause(2, 4), pause(8, 9)];
    assert_eq!(told(&case, OnReturn::Keep), Some((12, 300, Some(at(19)), Light::Green)));
    assert_eq!(told(&case, OnReturn::Restart), Some((10, 240, Some(at(18)), Light::Green)));

    case.stage = "closing".to_owned();
    case.state = CaseState::Closed;
    assert_eq!(told(&case, OnReturn::Keep), None, "nobody is at work");
}

/// Three days at a stage that is left and come back to within each of them.
#[test]
fn who_comes_and_goes_within_a_day_stops_no_clock_of_days() {
    let calendar = WorkCalendar::default();
    let by = Reckoning { calendar: &calendar, fingerprint: 1, yellow_percent: 80 };
    let mut programme = Programme::clone(&Programme::base());
    let limit = Limit { amount: 3, kind: LimitKind::WorkingDay };
    for stage in programme.stages.iter_mut().filter(|stage| stage.key == "handling") {
        stage.limit = Some(StageLimit { limit, yellow_percent: None, on_return: OnReturn::Keep });
    }
    let visit = |stage: &str, hours: i64| Visit {
        stage: stage.to_owned(),
        since: TUESDAY.plus_seconds(hours * HOUR),
        extended: 0,
    };
    let mut case = case(CaseState::Handling);
    case.visits = vec![visit("handling", 0)];
    let due = |case: &crate::cases::model::Case| {
        stage_clock(case, &programme, TUESDAY.plus_seconds(60 * HOUR), &by).and_then(|clock| clock.run.due_at)
    };
    let friday = due(&case);
    assert_eq!(friday, Some(TUESDAY.plus_seconds(81 * HOUR)), "six o'clock on Friday");
    for day in 1..=2 {
        case.visits.extend([visit("triage", day * 24), visit("handling", day * 24 + 1)]);
    }
    assert_eq!(due(&case), friday);
    // From Tuesday afternoon to Thursday morning it was elsewhere: all of Wednesday.
    case.visits = vec![visit("handling", 0), visit("triage", 5), visit("handling", 48)];
    assert_eq!(
        due(&case),
        Some(TUESDAY.plus_seconds((81 + 72) * HOUR)),
        "Monday, for Wednesday does not count"
    );
    let timed = timed(case, &programme, &by, &[]);
    assert_eq!(timed.due_at, Some(TUESDAY.plus_seconds((81 + 72) * HOUR)), "lists say it too");
}
