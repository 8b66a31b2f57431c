//! When a case is due and how its time stands: pure functions of what the case began with, the calendar and now.
//!
//! Nothing that is done with a case restarts its clock. It runs from the report until the closing, but for the spans in
//! which the case stood still (挂起) or was closed before it was opened again; a case that ends otherwise has none any
//! more.

use chrono::NaiveDateTime;

use crate::cases::ladder::{self, FiredRung, Watched};
use crate::cases::model::{Case, Visit};
use crate::catalogue::EffectiveTerms;
use crate::kernel::calendar::{Light, Limit, Pause, WorkCalendar};
use crate::kernel::id::{CategoryId, Timestamp};
use crate::programmes::{LimitSource, OnReturn, Programme, StageLimit};

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
        Self::given(programme, terms.limit)
    }

    /// The same of what the category says.
    pub(super) fn given(programme: &Programme, category: Option<(Limit, CategoryId)>) -> Option<Self> {
        let (given, category) = match programme.limit {
            LimitSource::Category => category.map(|(given, category)| (given, Some(category)))?,
            LimitSource::Programme(given) => (given, None),
            LimitSource::Stages => return None,
        };
        Some(Self { given, extended: 0, category })
    }

    /// What counts: what was given, and by what it was extended.
    #[must_use]
    pub const fn limit(self) -> Limit {
        extended_by(self.given, self.extended)
    }
}

const fn extended_by(limit: Limit, more: u32) -> Limit {
    Limit { amount: limit.amount.saturating_add(more), kind: limit.kind }
}

/// How the time of a case stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseClock {
    /// What it may take, and why.
    pub limit: CaseLimit,
    /// How often it was extended.
    pub extensions: u32,
    /// How that stands.
    pub run: Run,
}

/// How the time of a case at the stage it is at stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageClock {
    /// What its programme gives it.
    pub given: StageLimit,
    /// Hours or days that it was extended by.
    pub extended: u32,
    /// How often the case was extended at its stages.
    pub extensions: u32,
    /// How that stands.
    pub run: Run,
}

impl StageClock {
    /// What counts: what was given, and by what it was extended.
    #[must_use]
    pub const fn limit(&self) -> Limit {
        extended_by(self.given.limit, self.extended)
    }
}

/// A limit that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Since when it counts.
    pub started_at: Timestamp,
    /// When it ends; none while it stands still.
    pub due_at: Option<Timestamp>,
    /// Whether that depends on a year whose days off were not published yet.
    pub provisional: bool,
    /// Minutes that it gives altogether; a day has 1440.
    pub budget_minutes: i64,
    /// Minutes of these that were used.
    pub consumed_minutes: i64,
    /// Minutes in which it stood still, by the clock on the wall.
    pub paused_minutes: i64,
    /// How it stands.
    pub light: Light,
    started_on: NaiveDateTime,
    due_on: Option<NaiveDateTime>,
}

impl Run {
    /// When it began and when it ends, as the clocks of the district show it.
    #[must_use]
    pub const fn on_the_wall(&self) -> (NaiveDateTime, Option<NaiveDateTime>) {
        (self.started_on, self.due_on)
    }

    /// A limit that runs from `start`, at `until`.
    fn of(
        limit: Limit,
        (start, until): (Timestamp, Timestamp),
        pauses: &[Pause],
        by: &Reckoning<'_>,
    ) -> Self {
        let deadline = limit.deadline(start, pauses, by.calendar);
        let still = pauses.iter().map(|pause| pause.until.unwrap_or(until).micros() - pause.from.micros());
        Self {
            started_at: start,
            due_at: deadline.at,
            provisional: deadline.provisional,
            budget_minutes: limit.budget() / MINUTE_MICROS,
            consumed_minutes: limit.consumed(start, pauses, until, by.calendar) / MINUTE_MICROS,
            paused_minutes: still.sum::<i64>() / MINUTE_MICROS,
            light: limit.light(start, pauses, until, by.calendar, by.yellow_percent),
            started_on: by.calendar.wall(start),
            due_on: deadline.at.map(|at| by.calendar.wall(at)),
        }
    }
}

/// Raised by whoever changes how due times or rungs follow from the facts, so that open cases are reckoned anew.
const EPOCH: i64 = 1;

/// By what a limit is reckoned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reckoning<'a> {
    /// The days and hours that are worked.
    pub(super) calendar: &'a WorkCalendar,
    /// Tells it apart from every other.
    pub(super) fingerprint: i64,
    /// Percent of a limit from which it is yellow, where nothing else says.
    pub(super) yellow_percent: u8,
}

impl Reckoning<'_> {
    /// What a case remembers of it: whoever finds another mark reckons anew. 0 and 1 are nobody's.
    pub(super) const fn mark(&self) -> i64 {
        let own = (self.yellow_percent as i64) + 101 * EPOCH;
        let mark = self.fingerprint.wrapping_mul(10_007).wrapping_add(own) & i64::MAX;
        if mark < 2 { 2 } else { mark }
    }
}

/// The same case, due when its facts say: by its own limit or by that of the stage it is at, whichever ends first.
/// Then the next rung of its ladder, of those that have not fired.
pub(super) fn timed(case: Case, programme: &Programme, by: &Reckoning<'_>, fired: &[FiredRung]) -> Case {
    let whole =
        case.limit.and_then(|limit| limit.limit().deadline(case.opened_at, &case.pauses, by.calendar).at);
    let at_stage = stage_run(&case, programme, by.calendar);
    let at_stage = at_stage.and_then(|run| run.limit.deadline(run.start, &run.pauses, by.calendar).at);
    let due_at = whole.into_iter().chain(at_stage).min();
    let depends = case.state.is_open() && due_at.is_some();
    let next_due = ladder::ahead(&case, programme, by, fired).first().map(|ahead| ahead.due_at);
    Case { due_at, next_due, reckoned_by: if depends { by.mark() } else { 0 }, ..case }
}

/// What runs at the stage that a case is at.
pub(super) struct StageRun {
    given: StageLimit,
    extended: u32,
    limit: Limit,
    start: Timestamp,
    pauses: Vec<Pause>,
    /// The first of the visits that it counts, from 1.
    visit: u32,
}

impl StageRun {
    /// The same for the rungs that watch it.
    pub(super) fn watched(&self, by: &Reckoning<'_>) -> Watched<'_> {
        Watched {
            limit: self.limit,
            start: self.start,
            pauses: &self.pauses,
            yellow_percent: self.given.yellow_percent.unwrap_or(by.yellow_percent),
            visit: self.visit,
        }
    }
}

/// What runs at the stage that an open case is at; none where its programme gives the stage no limit.
///
/// A stage that keeps its clock counts from the first time a case came to it, but for the spans in which the case was
/// elsewhere; one that restarts it, from the last time. Of a limit of days only whole days elsewhere are left out: who
/// comes and goes within a day stops nothing.
pub(super) fn stage_run(case: &Case, programme: &Programme, calendar: &WorkCalendar) -> Option<StageRun> {
    let given = programme.stage(&case.stage)?.limit.filter(|_| case.state.is_open())?;
    let counts = |place: usize, visit: &Visit| match given.on_return {
        OnReturn::Keep => visit.stage == case.stage,
        OnReturn::Restart => place + 1 == case.visits.len(),
    };
    let stays = || case.visits.iter().enumerate().filter(|(place, visit)| counts(*place, visit));
    let (place, first) = stays().next()?;
    let start = first.since;
    let visit = u32::try_from(place + 1).unwrap_or(u32::MAX);
    let extended = stays().map(|(_, visit)| visit.extended).sum();
    let away = elsewhere(case, start).filter_map(|span| {
        if given.limit.kind.counts_days() { calendar.whole_days(span) } else { Some(span) }
    });
    let pauses = still(start, case.pauses.iter().copied().chain(away));
    let limit = extended_by(given.limit, extended);
    Some(StageRun { given, extended, limit, start, pauses, visit })
}

/// The clock of a case; none for a case without a limit, or one that ended without being closed.
pub(super) fn clock(case: &Case, now: Timestamp, by: &Reckoning<'_>) -> Option<CaseClock> {
    let limit = case.limit?;
    let until = if case.state.is_open() { now } else { case.closed_at? };
    let run = Run::of(limit.limit(), (case.opened_at, until), &case.pauses, by);
    Some(CaseClock { limit, extensions: case.extensions, run })
}

/// The clock of an open case at the stage it is at; none where its programme gives the stage no limit.
pub(super) fn stage_clock(
    case: &Case,
    programme: &Programme,
    now: Timestamp,
    by: &Reckoning<'_>,
) -> Option<StageClock> {
    let StageRun { given, extended, limit, start, pauses, .. } = stage_run(case, programme, by.calendar)?;
    let by = Reckoning { yellow_percent: given.yellow_percent.unwrap_or(by.yellow_percent), ..*by };
    // Where the whole has a limit, that is what is extended.
    let extensions = if case.limit.is_none() { case.extensions } else { 0 };
    Some(StageClock { given, extended, extensions, run: Run::of(limit, (start, now), &pauses, &by) })
}

/// What an extension makes longer: the limit of the whole, or that of the stage where the whole has none.
pub(super) fn extended_limit(case: &Case, programme: &Programme, calendar: &WorkCalendar) -> Option<Limit> {
    let whole = case.limit.map(CaseLimit::limit);
    whole.or_else(|| stage_run(case, programme, calendar).map(|run| run.limit))
}

/// The spans since `start` in which a case was at other stages than the present one.
fn elsewhere(case: &Case, start: Timestamp) -> impl Iterator<Item = Pause> {
    let next = case.visits.iter().skip(1).map(|visit| Some(visit.since)).chain([None]);
    let spans = case.visits.iter().zip(next).filter(move |(visit, _)| visit.since >= start);
    spans
        .filter(|(visit, _)| visit.stage != case.stage)
        .map(|(visit, until)| Pause { from: visit.since, until })
}

/// Spans since `start`, in order and apart.
fn still(start: Timestamp, spans: impl Iterator<Item = Pause>) -> Vec<Pause> {
    let end = |pause: &Pause| pause.until.unwrap_or(Timestamp(i64::MAX));
    let mut spans: Vec<Pause> = spans
        .filter(|span| end(span) > start)
        .map(|span| Pause { from: span.from.max(start), ..span })
        .collect();
    spans.sort_by_key(|span| span.from);
    let mut apart: Vec<Pause> = vec![];
    for span in spans {
        match apart.last_mut() {
            Some(last) if end(last) >= span.from => {
                if end(&span) > end(last) {
                    last.until = span.until;
                }
            }
            _ => apart.push(span),
        }
    }
    apart
}

#[cfg(test)]
#[path = "clock_tests.rs"]
mod tests;
