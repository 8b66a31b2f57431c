//! Whoever a case lies with asks for more time (延期申请), and somebody who answers for the case gives or refuses it. Pure.

use crate::cases::model::Case;
use crate::kernel::id::{AccountId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::programmes::{CaseAct, CaseState};

/// A request for more time that nobody has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtensionRequest {
    /// So many more of the hours or days of its limit.
    pub amount: u32,
    /// When it was asked for.
    pub at: Timestamp,
    /// Who asked; absent for the system itself.
    pub by: Option<AccountId>,
}

/// The request that is open after an act that led from one case to the other.
pub(super) fn request_after(before: &Case, after: &Case, act: CaseAct) -> Option<ExtensionRequest> {
    let request = before.request?;
    let answered = matches!(act, CaseAct::Extend | CaseAct::RefuseExtension);
    let in_hand = matches!(after.state, CaseState::Accepted | CaseState::Dispatched | CaseState::Handling);
    let elsewhere = before.assignee != after.assignee;
    // Without a limit of its own it is the stage's that was to be longer.
    let left = before.limit.is_none() && before.stage != after.stage;
    // Its hours may be days by now.
    let retimed = act == CaseAct::ChangeCategory;
    let moot = answered || elsewhere || left || retimed || !in_hand;
    (!moot || mutant::active(Mutant::OpenRequestKept)).then_some(request)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{ExtensionRequest, request_after};
    use crate::cases::clock::CaseLimit;
    use crate::cases::fixture::case;
    use crate::cases::model::{Assignee, Case};
    use crate::kernel::calendar::{Limit, LimitKind};
    use crate::kernel::id::{Timestamp, UnitId};
    use crate::programmes::{CaseAct, CaseState};

    #[test]
    fn a_request_is_open_until_it_is_answered_or_moot() {
        let limit = Limit { amount: 24, kind: LimitKind::UrgentHour };
        let request = ExtensionRequest { amount: 3, at: Timestamp(5), by: None };
        let asked = Case {
            request: Some(request),
            limit: Some(CaseLimit { given: limit, extended: 0, category: None }),
            ..case(CaseState::Handling)
        };
        let left = |act, after: &Case| request_after(&asked, after, act);
        for act in [CaseAct::Comment, CaseAct::Urge, CaseAct::Pause, CaseAct::Resume, CaseAct::Supervise] {
            assert_eq!(left(act, &asked), Some(request), "{act:?}");
        }
        assert_eq!(left(CaseAct::Extend, &asked), None);
        assert_eq!(left(CaseAct::RefuseExtension, &asked), None);
        for state in [CaseState::Resolved, CaseState::Rejected, CaseState::Withdrawn, CaseState::Voided] {
            assert_eq!(left(CaseAct::Comment, &Case { state, ..asked.clone() }), None, "{state:?}");
        }
        let elsewhere = Assignee::Unit(UnitId::from_uuid(Uuid::from_u128(9)));
        assert_eq!(left(CaseAct::Transfer, &Case { assignee: elsewhere, ..asked.clone() }), None);
    }

    #[test]
    fn of_a_case_without_a_limit_it_is_for_the_stage() {
        let request = ExtensionRequest { amount: 3, at: Timestamp(5), by: None };
        let asked = Case { request: Some(request), limit: None, ..case(CaseState::Handling) };
        let next = Case { stage: "second".to_owned(), ..asked.clone() };
        assert_eq!(request_after(&asked, &asked, CaseAct::Comment), Some(request));
        assert_eq!(request_after(&asked, &next, CaseAct::Advance), None);
    }
}
