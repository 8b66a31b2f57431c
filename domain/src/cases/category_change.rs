//! What a case becomes when it is given another category (改类). Pure.
//!
//! It is timed by what the new category says, from its report on, as if it had come in with it; what it was given more stays given
//! where hours stay hours and days days. It becomes no less sensitive by it.

use crate::cases::clock::CaseLimit;
use crate::cases::model::{Assignee, Case, Post};
use crate::cases::routing::Routing;
use crate::cases::{access, assistance, target};
use crate::kernel::id::{CategoryId, ProgrammeVersionId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::place::Sensitivity;

/// What a case becomes with another category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CategoryChange {
    /// The category that it had.
    pub(super) former: CategoryId,
    /// The category.
    pub(super) category: CategoryId,
    /// The least sensitivity that the category asks for.
    pub(super) least: Sensitivity,
    /// What it may take altogether by it.
    pub(super) limit: Option<CaseLimit>,
    /// The version of the programme that it follows from now on; none for the one that ships with the product.
    pub(super) programme: Option<ProgrammeVersionId>,
    /// Why it goes somewhere else; none where it stays with whom it lies.
    pub(super) routing: Option<Routing>,
}

impl CategoryChange {
    /// Changes a case.
    pub(super) fn carry_out(&self, case: &mut Case, at: Timestamp) {
        let before = case.clone();
        case.category = self.category;
        case.sensitivity = self.sensitivity(case);
        case.limit = self.limit.map(|limit| CaseLimit { extended: kept(before.limit, limit), ..limit });
        let extended = |limit: Option<CaseLimit>| limit.is_some_and(|limit| limit.extended > 0);
        if extended(before.limit) && !extended(case.limit) {
            case.extensions = 0;
        }
        case.programme = self.programme;
        if (case.limit, case.programme) != (before.limit, before.programme) {
            // It is another clock: what fired by the old one says nothing of it, and what it would have done by now it does not
            // do all at once.
            case.retimed += 1;
            case.rungs_since = at;
        }
        if case.sensitivity > before.sensitivity {
            // Of people it is not known here what they are cleared for.
            let cleared = |giver: &Post| {
                !matches!(giver.assignee, Assignee::Account(_))
                    && target::is_cleared(*giver, case.sensitivity)
            };
            case.givers.retain(|giver| cleared(giver) || mutant::active(Mutant::UnclearedGiver));
            let level = case.clone();
            assistance::finish(&mut case.assistants, |who| !access::keeps_reading(who, &level), at);
        }
        if self.routing.is_some() {
            case.routing = self.routing;
        }
    }

    /// How sensitive a case is with it: whoever may read the old category must not make more people read the case.
    pub(super) fn sensitivity(&self, case: &Case) -> Sensitivity {
        if mutant::active(Mutant::SensitivityLowered) { self.least } else { self.least.max(case.sensitivity) }
    }
}

/// What was given more, as long as it is counted as it was.
fn kept(before: Option<CaseLimit>, after: CaseLimit) -> u32 {
    before.filter(|before| before.given.kind == after.given.kind).map_or(0, |before| before.extended)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::CategoryChange;
    use crate::cases::clock::CaseLimit;
    use crate::cases::fixture::case;
    use crate::cases::model::Case;
    use crate::kernel::calendar::{Limit, LimitKind};
    use crate::kernel::id::{CategoryId, Timestamp};
    use crate::kernel::place::Sensitivity;
    use crate::programmes::CaseState;

    fn limit(amount: u32, kind: LimitKind, extended: u32) -> CaseLimit {
        CaseLimit { given: Limit { amount, kind }, extended, category: None }
    }

    fn changed(before: Option<CaseLimit>, after: Option<CaseLimit>) -> Option<CaseLimit> {
        let mut case = Case { limit: before, ..case(CaseState::Handling) };
        let category = CategoryId::from_uuid(Uuid::from_u128(7));
        let change = CategoryChange {
            former: case.category,
            category,
            least: Sensitivity::Normal,
            limit: after,
            programme: None,
            routing: None,
        };
        change.carry_out(&mut case, Timestamp(9));
        assert_eq!(case.category, category);
        case.limit
    }

    #[test]
    fn what_was_given_more_stays_given_where_it_counts_the_same() {
        let (hours, days) = (limit(24, LimitKind::UrgentHour, 8), limit(5, LimitKind::WorkingDay, 0));
        assert_eq!(changed(Some(hours), Some(days)), Some(days));
        assert_eq!(
            changed(Some(hours), Some(limit(4, LimitKind::UrgentHour, 0))),
            Some(limit(4, LimitKind::UrgentHour, 8))
        );
        assert_eq!(changed(None, Some(days)), Some(days));
        assert_eq!(changed(Some(hours), None), None);
    }

    #[test]
    fn it_becomes_no_less_sensitive() {
        let least = |least, before| {
            let mut case = Case { sensitivity: before, ..case(CaseState::Reported) };
            let (category, limit) = (case.category, None);
            CategoryChange { former: category, category, least, limit, programme: None, routing: None }
                .carry_out(&mut case, Timestamp(9));
            case.sensitivity
        };
        assert_eq!(least(Sensitivity::Normal, Sensitivity::Sensitive), Sensitivity::Sensitive);
        assert_eq!(least(Sensitivity::Confidential, Sensitivity::Sensitive), Sensitivity::Confidential);
    }
}
