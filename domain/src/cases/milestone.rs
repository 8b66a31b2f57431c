//! The five first times of a case (第一时间回应、介入、处置、答复、督查), derived from its timeline. Pure.

use strum::{EnumIter, IntoEnumIterator as _};

use crate::kernel::id::Timestamp;
use crate::programmes::{CaseAct, CaseState};

const MINUTE_MICROS: i64 = 60 * 1_000_000;

/// What happens to a case for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter)]
pub enum MilestoneKind {
    /// Somebody who answers for it did something (回应).
    Response,
    /// Somebody began to work on it (介入).
    Intervention,
    /// A result was reported (处置).
    Handling,
    /// It was closed or refused, and its reporter told so (答复).
    Answer,
    /// Somebody looked after it: it was supervised, or its result checked (督查).
    Inspection,
}

/// When something happened to a case for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Milestone {
    /// What.
    pub kind: MilestoneKind,
    /// When.
    pub at: Timestamp,
    /// Minutes since the report, by the clock on the wall.
    pub elapsed_minutes: i64,
}

/// What counts of an entry of a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// The act.
    pub(super) act: CaseAct,
    /// The state after it.
    pub(super) to: CaseState,
    /// When.
    pub(super) at: Timestamp,
}

/// The first times of a timeline that is told from its beginning, in the order of [`MilestoneKind`].
pub(super) fn milestones(opened_at: Timestamp, told: &[Told]) -> Vec<Milestone> {
    let first = |kind: MilestoneKind| told.iter().find(|told| kind.is_reached_by(told));
    let milestone = |kind, at: Timestamp| Milestone {
        kind,
        at,
        elapsed_minutes: (at.micros() - opened_at.micros()) / MINUTE_MICROS,
    };
    MilestoneKind::iter().filter_map(|kind| Some(milestone(kind, first(kind)?.at))).collect()
}

impl MilestoneKind {
    fn is_reached_by(self, told: &Told) -> bool {
        match self {
            Self::Response => answers(told.act),
            Self::Intervention => told.to == CaseState::Handling,
            Self::Handling => told.to == CaseState::Resolved,
            Self::Answer => matches!(told.to, CaseState::Closed | CaseState::Rejected),
            Self::Inspection => matches!(told.act, CaseAct::Supervise | CaseAct::Verify),
        }
    }
}

/// Whether somebody who answers for a case does it, and not its reporter, who asks, or whoever looks after the others.
const fn answers(act: CaseAct) -> bool {
    !matches!(
        act,
        CaseAct::Report
            | CaseAct::Comment
            | CaseAct::Urge
            | CaseAct::Supervise
            | CaseAct::Evaluate
            | CaseAct::ReturnVisit
            | CaseAct::Reopen
            | CaseAct::Withdraw
    )
}

#[cfg(test)]
mod tests {
    use super::{MilestoneKind, Told, milestones};
    use crate::kernel::id::Timestamp;
    use crate::programmes::{CaseAct, CaseState};

    #[test]
    fn each_happens_for_the_first_time_once() {
        let told = |minute: i64, act, to| Told { act, to, at: Timestamp(0).plus_seconds(minute * 60) };
        let story = [
            told(0, CaseAct::Report, CaseState::Reported),
            told(5, CaseAct::Urge, CaseState::Reported),
            told(9, CaseAct::Accept, CaseState::Accepted),
            told(12, CaseAct::Dispatch, CaseState::Dispatched),
            told(30, CaseAct::Start, CaseState::Handling),
            told(90, CaseAct::Complete, CaseState::Resolved),
            told(95, CaseAct::SendBack, CaseState::Handling),
            told(120, CaseAct::Complete, CaseState::Resolved),
            told(130, CaseAct::Verify, CaseState::Verified),
            told(140, CaseAct::Close, CaseState::Closed),
        ];
        let reached: Vec<(MilestoneKind, i64)> = milestones(Timestamp(0), &story)
            .into_iter()
            .map(|milestone| (milestone.kind, milestone.elapsed_minutes))
            .collect();
        let wanted = [
            (MilestoneKind::Response, 9),
            (MilestoneKind::Intervention, 30),
            (MilestoneKind::Handling, 90),
            (MilestoneKind::Answer, 140),
            (MilestoneKind::Inspection, 130),
        ];
        assert_eq!(reached, wanted);
        assert_eq!(milestones(Timestamp(0), &story[..2]), []);
    }
}
