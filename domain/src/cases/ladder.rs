//! When the rungs of a case's ladder fire: pure functions of its facts, its programme and the calendar.

use crate::cases::clock::{self, Reckoning};
use crate::cases::model::Case;
use crate::kernel::calendar::{Limit, Pause};
use crate::kernel::id::Timestamp;
use crate::programmes::{CaseAct, Programme, Rung, RungMoment};

/// A rung that has fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FiredRung {
    /// Key of the rung.
    pub rung: String,
    /// The visit whose clock it watched, from 1; for the clock of the whole 0, or what [`CLOCKS`] makes of it.
    pub(in crate::cases) visit: u32,
    /// What became of it.
    pub act: CaseAct,
    /// When it had to fire.
    pub due_at: Timestamp,
    /// When it did.
    pub fired_at: Timestamp,
    /// Version of the case after it.
    pub version: i64,
}

/// A rung that has not fired, and when it will if nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RungAhead<'a> {
    /// The rung.
    pub rung: &'a Rung,
    /// The visit whose clock it watches, from 1; for the clock of the whole 0, or what [`CLOCKS`] makes of it.
    pub(in crate::cases) visit: u32,
    /// The instant after which it fires.
    pub due_at: Timestamp,
}

/// A limit that a rung watches.
pub(super) struct Watched<'a> {
    /// The limit, as it was extended.
    pub(super) limit: Limit,
    /// Since when it counts.
    pub(super) start: Timestamp,
    /// In which spans it stood still.
    pub(super) pauses: &'a [Pause],
    /// Percent of it from which it is yellow.
    pub(super) yellow_percent: u8,
    /// The visit that it is of, from 1; for the whole 0, or what [`CLOCKS`] makes of it.
    pub(super) visit: u32,
}

impl Watched<'_> {
    /// The instant of a moment; none while the limit stands still.
    fn instant(&self, moment: RungMoment, by: &Reckoning<'_>) -> Option<Timestamp> {
        let due = || self.limit.deadline(self.start, self.pauses, by.calendar).at;
        match moment {
            RungMoment::Yellow => {
                self.limit.used_at(self.yellow_percent, self.start, self.pauses, by.calendar)
            }
            RungMoment::Due => due(),
            RungMoment::After(later) => later.deadline(due()?, self.pauses, by.calendar).at,
        }
    }
}

/// Apart by as much are the clocks that a case as a whole has had, more than it ever has visits of stages: what fired by one claims
/// nothing of another.
const CLOCKS: u32 = 1_000_000;

/// The rungs that have not fired, the next first. None for a case that ended or stands still: it is late at nothing.
///
/// What a rung watched before the case was laid stays unfired: history escalates nothing.
pub(super) fn ahead<'p>(
    case: &Case,
    programme: &'p Programme,
    by: &Reckoning<'_>,
    fired: &[FiredRung],
) -> Vec<RungAhead<'p>> {
    if programme.rungs.is_empty() || !case.state.is_open() || case.paused_at().is_some() {
        return vec![];
    }
    let at_stage = clock::stage_run(case, programme, by.calendar);
    let whole = case.limit.map(|limit| Watched {
        limit: limit.limit(),
        start: case.opened_at,
        pauses: &case.pauses,
        yellow_percent: by.yellow_percent,
        visit: case.retimed.saturating_mul(CLOCKS),
    });
    let stage = at_stage.as_ref().map(|run| run.watched(by));
    let mut ahead: Vec<RungAhead<'p>> = vec![];
    for rung in &programme.rungs {
        let watched = if rung.stages.is_empty() {
            whole.as_ref()
        } else {
            stage.as_ref().filter(|_| rung.stages.contains(&case.stage))
        };
        let Some(watched) = watched else { continue };
        let claimed = |known: &FiredRung| known.rung == rung.key && known.visit == watched.visit;
        let instant = watched.instant(rung.moment, by).filter(|at| *at >= case.rungs_since);
        if let Some(due_at) = instant.filter(|_| !fired.iter().any(claimed)) {
            ahead.push(RungAhead { rung, visit: watched.visit, due_at });
        }
    }
    ahead.sort_by_key(|ahead| ahead.due_at);
    ahead
}
