//! Others assist with a case (协办) while whoever it lies with leads (主办), and answer with what they did. Pure.

use crate::cases::model::Assignee;
use crate::kernel::id::Timestamp;
use crate::kernel::mutant::{self, Mutant};

/// Most who are asked to assist at once.
pub(super) const MOST_TARGETS: usize = 10;
/// Most times that somebody is asked to assist with one case: each is told with the case.
pub(super) const MOST_ASSISTANTS: usize = 50;

/// Somebody who assists with a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assistant {
    /// A person, the office of a unit, or an organisation.
    pub assignee: Assignee,
    /// When they were asked.
    pub asked_at: Timestamp,
    /// When they answered, or the case ended without them; none until then.
    pub done_at: Option<Timestamp>,
}

impl Assistant {
    /// Whether they are still waited for.
    pub(super) const fn is_waited_for(&self) -> bool {
        self.done_at.is_none()
    }
}

/// Whether somebody assists with a case and is waited for.
pub(super) fn assists(assistants: &[Assistant], assignee: Assignee) -> bool {
    assistants.iter().any(|known| known.assignee == assignee && known.is_waited_for())
}

/// These are asked: whoever has answered before begins anew, and what they answered stays told.
pub(super) fn ask(assistants: &mut Vec<Assistant>, targets: &[Assignee], at: Timestamp) {
    assistants.extend(targets.iter().map(|target| Assistant {
        assignee: *target,
        asked_at: at,
        done_at: None,
    }));
}

/// These have answered, or nobody waits for them any more.
pub(super) fn finish(assistants: &mut [Assistant], who: impl Fn(Assignee) -> bool, at: Timestamp) {
    if mutant::active(Mutant::EndlessAssistance) {
        return;
    }
    for known in assistants.iter_mut().filter(|known| known.is_waited_for() && who(known.assignee)) {
        // Two servers' clocks differ a little: nobody answers before they were asked.
        known.done_at = Some(at.max(known.asked_at));
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{ask, assists, finish};
    use crate::cases::model::Assignee;
    use crate::kernel::id::{Timestamp, UnitId};

    #[test]
    fn whoever_is_asked_is_waited_for_until_they_answer() {
        let [one, other] = [1, 2].map(|number| Assignee::Unit(UnitId::from_uuid(Uuid::from_u128(number))));
        let mut assistants = vec![];
        ask(&mut assistants, &[one, other], Timestamp(10));
        assert!(assists(&assistants, one) && assists(&assistants, other));
        finish(&mut assistants, |who| who == one, Timestamp(20));
        assert!(!assists(&assistants, one) && assists(&assistants, other));
        ask(&mut assistants, &[one], Timestamp(30));
        let told: Vec<_> = assistants.iter().map(|known| (known.assignee, known.asked_at)).collect();
        assert_eq!(told, [(one, Timestamp(10)), (other, Timestamp(10)), (one, Timestamp(30))], "and anew");
        finish(&mut assistants, |_| true, Timestamp(25));
        let done: Vec<_> = assistants.iter().map(|known| known.done_at).collect();
        assert_eq!(done, [Some(Timestamp(20)), Some(Timestamp(25)), Some(Timestamp(30))]);
    }
}
