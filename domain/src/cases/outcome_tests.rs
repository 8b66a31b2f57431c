use super::{CaseOutcome, Judgement, counted, judged};
use crate::cases::clock::{CaseLimit, Reckoning, clock};
use crate::cases::fixture::case;
use crate::cases::model::{Case, Visit};
use crate::kernel::calendar::{Light, Limit, LimitKind, Pause, WorkCalendar};
use crate::kernel::id::Timestamp;
use crate::programmes::{
    CaseAct, CaseState, Counts, JudgedLimits, JudgedUntil, OnReturn, Programme, StageLimit,
};

/// 2026-11-24T01:00:00Z, nine o'clock on a Tuesday in China.
const TUESDAY: Timestamp = Timestamp(1_795_482_000_000_000);
const HOUR: i64 = 3_600;

fn hours(amount: u32) -> Limit {
    Limit { amount, kind: LimitKind::UrgentHour }
}

/// The shipped programme with a limit of four hours for its handling, judged like this.
fn programme(until: JudgedUntil, limits: JudgedLimits) -> Programme {
    let mut programme = Programme::clone(&Programme::base());
    programme.counts.on_time.until = until;
    programme.counts.on_time.limits = limits;
    for stage in programme.stages.iter_mut().filter(|stage| stage.key == "handling") {
        stage.limit = Some(StageLimit { limit: hours(4), yellow_percent: None, on_return: OnReturn::Keep });
    }
    programme
}

/// A case of ten hours that went like this: a stage, and the hours after the report at which it came there.
fn gone(state: CaseState, way: &[(&str, i64)]) -> Case {
    let visit = |(stage, after): &(&str, i64)| Visit {
        stage: (*stage).to_owned(),
        since: TUESDAY.plus_seconds(after * HOUR),
        extended: 0,
    };
    let visits: Vec<Visit> = way.iter().map(visit).collect();
    let closed_at = visits.last().filter(|_| state == CaseState::Closed).map(|last| last.since);
    Case {
        opened_at: TUESDAY,
        limit: Some(CaseLimit { given: hours(10), extended: 0, category: None }),
        stage: way.last().map(|(stage, _)| (*stage).to_owned()).unwrap_or_default(),
        visits,
        closed_at,
        ..case(state)
    }
}

fn judge_of(case: &Case, until: JudgedUntil, limits: JudgedLimits) -> Option<(bool, i64)> {
    let calendar = WorkCalendar::default();
    let by = Reckoning { calendar: &calendar, fingerprint: 1, yellow_percent: 80 };
    judged(case, &programme(until, limits), &by)
        .map(|judgement| (judgement.on_time, (judgement.at.micros() - TUESDAY.micros()) / 1_000_000 / HOUR))
}

#[test]
fn a_case_is_judged_when_the_result_that_stood_was_reported_or_when_it_was_closed() {
    let way = [("discovery", 0), ("handling", 1), ("feedback", 9), ("verification", 10), ("closing", 30)];
    let closed = gone(CaseState::Closed, &way);
    assert_eq!(judge_of(&closed, JudgedUntil::Complete, JudgedLimits::Whole), Some((true, 9)));
    assert_eq!(judge_of(&closed, JudgedUntil::Close, JudgedLimits::Whole), Some((false, 30)));
    // Eight hours of handling where four are given.
    assert_eq!(judge_of(&closed, JudgedUntil::Complete, JudgedLimits::Every), Some((false, 9)));
    let resolved = gone(CaseState::Resolved, &way[..3]);
    assert_eq!(judge_of(&resolved, JudgedUntil::Complete, JudgedLimits::Whole), Some((true, 9)));
    assert_eq!(judge_of(&resolved, JudgedUntil::Close, JudgedLimits::Whole), None, "not closed");
    let handled = gone(CaseState::Handling, &way[..2]);
    assert_eq!(judge_of(&handled, JudgedUntil::Complete, JudgedLimits::Whole), None, "no result");
    let endless = Case { limit: None, ..closed.clone() };
    assert_eq!(judge_of(&endless, JudgedUntil::Complete, JudgedLimits::Whole), None, "no limit");
    assert_eq!(judge_of(&endless, JudgedUntil::Complete, JudgedLimits::Every), Some((false, 9)));

    // The first result did not stand.
    let again = [("handling", 1), ("feedback", 3), ("handling", 4), ("feedback", 12)];
    let again = gone(CaseState::Resolved, &again);
    assert_eq!(judge_of(&again, JudgedUntil::Complete, JudgedLimits::Whole), Some((false, 12)));
    let extended =
        Case { limit: again.limit.map(|limit| CaseLimit { extended: 5, ..limit }), ..again.clone() };
    assert_eq!(judge_of(&extended, JudgedUntil::Complete, JudgedLimits::Whole), Some((true, 12)));
    let span = |from, until| Pause {
        from: TUESDAY.plus_seconds(from * HOUR),
        until: Some(TUESDAY.plus_seconds(until * HOUR)),
    };
    let paused = Case { pauses: vec![span(5, 8)], ..again };
    assert_eq!(judge_of(&paused, JudgedUntil::Complete, JudgedLimits::Whole), Some((true, 12)));
}

/// Whatever the hours: a case is on time just when its light was not red at that moment.
#[test]
fn it_is_judged_by_the_clock_that_its_light_showed() {
    let calendar = WorkCalendar::default();
    let by = Reckoning { calendar: &calendar, fingerprint: 1, yellow_percent: 80 };
    let kinds =
        [LimitKind::UrgentHour, LimitKind::WorkingHour, LimitKind::WorkingDay, LimitKind::CalendarDay];
    let (mut late, mut early) = (0, 0);
    for (place, kind) in kinds.into_iter().cycle().take(400).enumerate() {
        let turn = i64::try_from(place).unwrap_or_default();
        let done = 1 + turn * 37 % 97;
        let mut gone = gone(CaseState::Resolved, &[("handling", 0), ("feedback", done)]);
        let amount = 1 + u32::try_from(place % 9).unwrap_or_default();
        gone.limit = Some(CaseLimit { given: Limit { amount, kind }, extended: 0, category: None });
        if place % 3 == 0 {
            let span = |hour: i64| TUESDAY.plus_seconds(hour * HOUR);
            gone.pauses = vec![Pause { from: span(done / 3), until: Some(span(done / 2)) }];
        }
        let at = TUESDAY.plus_seconds(done * HOUR);
        let light = clock(&gone, at, &by).map(|clock| clock.run.light);
        let judgement = judged(&gone, &Programme::base(), &by);
        assert_eq!(judgement, Some(Judgement { on_time: light != Some(Light::Red), at }), "{kind:?} {place}");
        if judgement.is_some_and(|judgement| judgement.on_time) { early += 1 } else { late += 1 }
    }
    assert!(late > 50 && early > 50, "{late} late, {early} early");
}

#[test]
fn what_takes_the_result_back_takes_the_judgement_back_and_counts() {
    let calendar = WorkCalendar::default();
    let by = Reckoning { calendar: &calendar, fingerprint: 1, yellow_percent: 80 };
    let base = programme(JudgedUntil::Complete, JudgedLimits::Whole);
    let resolved = gone(CaseState::Resolved, &[("handling", 1), ("feedback", 9)]);
    let resolved = counted(resolved, CaseAct::Complete, &base, &by);
    let at = TUESDAY.plus_seconds(9 * HOUR);
    assert_eq!((resolved.judgement, resolved.reworks), (Some(Judgement { on_time: true, at }), 0));
    let closed = counted(Case { state: CaseState::Closed, ..resolved.clone() }, CaseAct::Close, &base, &by);
    assert_eq!(closed.judgement, resolved.judgement, "judged once");
    let told = counted(closed.clone(), CaseAct::Evaluate, &base, &by);
    assert_eq!(told.judgement, closed.judgement);
    for act in [CaseAct::SendBack, CaseAct::Reopen] {
        let back = counted(closed.clone(), act, &base, &by);
        assert_eq!((back.judgement, back.reworks), (None, 1), "{act:?}");
    }
    let mut strict = base.clone();
    strict.counts.reworked = [CaseAct::StepBack].into();
    assert_eq!(counted(closed.clone(), CaseAct::Reopen, &strict, &by).reworks, 0);
    assert_eq!(counted(closed.clone(), CaseAct::StepBack, &strict, &by).reworks, 1);
    let outcome = |counts: &Counts| CaseOutcome::of(&closed, counts).closed;
    assert!(!outcome(&base.counts), "it is at the stage of the result yet");
    strict.counts.closed = vec!["feedback".to_owned()];
    assert!(outcome(&strict.counts));
}

#[test]
fn a_settlement_is_judged_for_as_long_as_its_programme_lets() {
    let calendar = WorkCalendar::default();
    let by = Reckoning { calendar: &calendar, fingerprint: 1, yellow_percent: 80 };
    let mut programme = programme(JudgedUntil::Complete, JudgedLimits::Whole);
    let closed = gone(CaseState::Closed, &[("handling", 1), ("feedback", 9), ("closing", 10)]);
    assert_eq!(counted(closed.clone(), CaseAct::Close, &programme, &by).evaluable_until, None);
    programme.evaluation.within = Some(hours(48));
    let closed = counted(closed, CaseAct::Close, &programme, &by);
    assert_eq!(closed.evaluable_until, Some(TUESDAY.plus_seconds(58 * HOUR)));
    let told = counted(closed.clone(), CaseAct::Comment, &programme, &by);
    assert_eq!(told.evaluable_until, closed.evaluable_until);
    assert_eq!(counted(closed, CaseAct::Reopen, &programme, &by).evaluable_until, None);
}
