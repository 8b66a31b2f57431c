//! What a case counts as (办结、按时、返工): a function of its facts, its programme and its clock, kept from when it is decided. Pure.
//!
//! Whether a case was on time is judged once: when the result was reported or when the case was closed, as its programme
//! says, by the calendar of that day. It is a fact of its time: a calendar that changes later changes it no more. What
//! takes the result back — sending it back, opening the case again — takes the judgement back too.

use crate::cases::clock::{self, Reckoning};
use crate::cases::model::{Case, Visit};
use crate::kernel::calendar::{Light, Limit};
use crate::kernel::id::Timestamp;
use crate::kernel::mutant::{self, Mutant};
use crate::programmes::{CaseAct, CaseState, Counts, JudgedLimits, JudgedUntil, Programme};

/// Whether a case was on time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Whether no limit that counts was over.
    pub on_time: bool,
    /// When the time that is judged ended.
    pub at: Timestamp,
}

/// What a case counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseOutcome {
    /// Whether it counts as closed.
    pub closed: bool,
    /// Whether it was on time; none while that is not judged, and where it has no limit.
    pub judgement: Option<Judgement>,
    /// How often it was reworked.
    pub reworks: u32,
}

impl CaseOutcome {
    /// What a case counts as by its programme.
    #[must_use]
    pub fn of(case: &Case, counts: &Counts) -> Self {
        Self { closed: counts.closed.contains(&case.stage), judgement: case.judgement, reworks: case.reworks }
    }
}

/// The same case after an act, with what it counts as, and until when its settlement is judged.
pub(super) fn counted(case: Case, act: CaseAct, programme: &Programme, by: &Reckoning<'_>) -> Case {
    let reworks = case.reworks + u32::from(programme.counts.reworked.contains(&act));
    let judgement = match act {
        CaseAct::SendBack | CaseAct::Reopen | CaseAct::Void => None,
        CaseAct::Complete | CaseAct::Close => case.judgement.or_else(|| judged(&case, programme, by)),
        _ => case.judgement,
    };
    let evaluable_until = match act {
        CaseAct::Close => case.closed_at.and_then(|closed_at| evaluable_until(closed_at, programme, by)),
        CaseAct::Reopen => None,
        _ => case.evaluable_until,
    };
    Case { judgement, reworks, evaluable_until, ..case }
}

/// Until when a case that was closed then is judged, as its programme says.
fn evaluable_until(closed_at: Timestamp, programme: &Programme, by: &Reckoning<'_>) -> Option<Timestamp> {
    programme.evaluation.within.and_then(|within| within.deadline(closed_at, &[], by.calendar).at)
}

/// Whether a case was on time; none before the time that is judged has ended, and without a limit.
pub(super) fn judged(case: &Case, programme: &Programme, by: &Reckoning<'_>) -> Option<Judgement> {
    let on_time = programme.counts.on_time;
    let at = match on_time.until {
        JudgedUntil::Complete => completed_at(case, programme)?,
        JudgedUntil::Close => case.closed_at?,
    };
    let of_whole = case.limit.map(|limit| {
        let light =
            |limit: Limit| limit.light(case.opened_at, &case.pauses, at, by.calendar, by.yellow_percent);
        light(limit.limit())
    });
    let mut of_stages = vec![];
    if on_time.limits == JudgedLimits::Every {
        of_stages = lights_of_stages(case, programme, at, by);
    }
    let lights: Vec<Light> = of_whole.into_iter().chain(of_stages).collect();
    let late = lights.contains(&Light::Red) && !mutant::active(Mutant::LateIsOnTime);
    (!lights.is_empty()).then_some(Judgement { on_time: !late, at })
}

/// When the result that stands was reported: when the case last came from where it is worked on to where a result is. None where
/// nobody wrote down where it was worked on, as of cases of before stages were kept.
fn completed_at(case: &Case, programme: &Programme) -> Option<Timestamp> {
    let settled = |visit: &&Visit| {
        let state = programme.stage(&visit.stage).map(|stage| stage.state);
        matches!(state, Some(CaseState::Resolved | CaseState::Verified | CaseState::Closed))
    };
    let stays = case.visits.iter().rev().take_while(settled).count();
    let worked_on = stays < case.visits.len();
    case.visits.iter().nth_back(stays.checked_sub(1)?).filter(|_| worked_on).map(|visit| visit.since)
}

/// How the time stood at each stage with a limit, when the case left it or at the end.
fn lights_of_stages(case: &Case, programme: &Programme, end: Timestamp, by: &Reckoning<'_>) -> Vec<Light> {
    let ends = case.visits.iter().skip(1).map(|next| next.since).chain([end]);
    let stays = case.visits.iter().zip(ends).enumerate();
    let lights = stays.filter(|(_, (visit, _))| visit.since < end).filter_map(|(place, (visit, left))| {
        // As it was while the case was there: the clock is the one that its light showed.
        let then = Case {
            stage: visit.stage.clone(),
            state: programme.stage(&visit.stage)?.state,
            visits: case.visits.iter().take(place + 1).cloned().collect(),
            ..case.clone()
        };
        clock::stage_clock(&then, programme, left.min(end), by).map(|clock| clock.run.light)
    });
    lights.collect()
}

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
