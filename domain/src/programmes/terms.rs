//! What is fixed of every act, whatever a programme says: its permission, the states it may come from and lead to, who
//! may be named for it, what must hold and what it demands. A programme narrows this, never widens it.

use strum::EnumCount as _;

use crate::kernel::permission::Permission;
use crate::programmes::act::CaseAct;
use crate::programmes::vocabulary::{CaseState, Condition, Input, Relation};

/// Everything before the end.
const OPEN: &[CaseState] = &[
    CaseState::Reported,
    CaseState::Accepted,
    CaseState::Dispatched,
    CaseState::Handling,
    CaseState::Resolved,
    CaseState::Verified,
];
/// It lies with somebody who may work on it or pass it on.
const IN_HAND: &[CaseState] = &[CaseState::Accepted, CaseState::Dispatched, CaseState::Handling];
/// Nobody has reported a result.
const UNSETTLED: &[CaseState] =
    &[CaseState::Reported, CaseState::Accepted, CaseState::Dispatched, CaseState::Handling];
/// Somebody works on it, or on what came of it.
const WORKED_ON: &[CaseState] = &[
    CaseState::Accepted,
    CaseState::Dispatched,
    CaseState::Handling,
    CaseState::Resolved,
    CaseState::Verified,
];
/// Nobody has begun.
const NOT_BEGUN: &[CaseState] = &[CaseState::Reported, CaseState::Accepted, CaseState::Dispatched];
/// A result is there.
const SETTLED: &[CaseState] = &[CaseState::Resolved, CaseState::Verified];
/// A result is there, or was.
const ANSWERED: &[CaseState] = &[CaseState::Resolved, CaseState::Verified, CaseState::Closed];
/// Open, or closed.
const TOLD: &[CaseState] = &[
    CaseState::Reported,
    CaseState::Accepted,
    CaseState::Dispatched,
    CaseState::Handling,
    CaseState::Resolved,
    CaseState::Verified,
    CaseState::Closed,
];

/// Nobody has decided: whoever answers for the ground may.
const DECIDES: &[Relation] = &[Relation::Assignee, Relation::Territory];
/// The one it lies with, or somebody above.
const DIRECTS: &[Relation] = &[Relation::Assignee, Relation::Oversight];
const ASSIGNEE: &[Relation] = &[Relation::Assignee];
const ASSISTANT: &[Relation] = &[Relation::Assistant];
const OVERSIGHT: &[Relation] = &[Relation::Oversight];
const TERRITORY: &[Relation] = &[Relation::Territory];
/// Whoever answers for the ground, or for those who do.
const LEADERS: &[Relation] = &[Relation::Territory, Relation::Oversight];
/// Staff stand in for a reporter who has no account.
const REPORTERS: &[Relation] = &[Relation::Reporter, Relation::Proxy];
/// Whoever waits for a case or answers for it.
const URGERS: &[Relation] = &[Relation::Territory, Relation::Oversight, Relation::Reporter, Relation::Proxy];
/// Whoever works on a case or answers for it.
const WORKERS: &[Relation] = &[Relation::Assignee, Relation::Territory, Relation::Oversight];
const REOPENERS: &[Relation] = &[Relation::Oversight, Relation::Reporter, Relation::Proxy];

/// What is fixed of an act.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// The act.
    act: CaseAct,
    /// What a grant must allow.
    pub permission: Permission,
    /// The states it may be possible in.
    pub from: &'static [CaseState],
    /// The states it may lead to; none for an act that leaves a case where it is.
    pub to: &'static [CaseState],
    /// Who may do it when a programme does not say.
    pub who: &'static [Relation],
    /// Who may be named for it.
    pub may: &'static [Relation],
    /// What must hold.
    pub(super) conditions: &'static [Condition],
    /// What its input must give.
    pub(super) inputs: &'static [Input],
}

const fn terms(
    act: CaseAct,
    permission: Permission,
    (from, to): (&'static [CaseState], &'static [CaseState]),
    (who, may): (&'static [Relation], &'static [Relation]),
    (conditions, inputs): (&'static [Condition], &'static [Input]),
) -> Terms {
    Terms { act, permission, from, to, who, may, conditions, inputs }
}

/// One row per act, in the order of [`CaseAct`].
const TERMS: [Terms; CaseAct::COUNT] = [
    terms(
        CaseAct::Report,
        Permission::CaseReport,
        (&[], &[CaseState::Reported, CaseState::Accepted]),
        (&[], &[]),
        (&[], &[Input::Text]),
    ),
    terms(
        CaseAct::Accept,
        Permission::CaseAccept,
        (&[CaseState::Reported], &[CaseState::Accepted]),
        (DECIDES, WORKERS),
        (&[], &[]),
    ),
    terms(
        CaseAct::Reject,
        Permission::CaseReject,
        (&[CaseState::Reported, CaseState::Accepted], &[CaseState::Rejected]),
        (DECIDES, WORKERS),
        (&[], &[Input::Reason]),
    ),
    terms(
        CaseAct::Dispatch,
        Permission::CaseDispatch,
        (UNSETTLED, IN_HAND),
        (DIRECTS, WORKERS),
        (&[Condition::Running], &[Input::Target]),
    ),
    terms(
        CaseAct::Start,
        Permission::CaseStart,
        (NOT_BEGUN, &[CaseState::Handling]),
        (ASSIGNEE, WORKERS),
        (&[Condition::Running], &[]),
    ),
    terms(
        CaseAct::Transfer,
        Permission::CaseTransfer,
        (IN_HAND, IN_HAND),
        (ASSIGNEE, WORKERS),
        (&[Condition::Running], &[Input::Target, Input::Reason]),
    ),
    terms(
        CaseAct::Return,
        Permission::CaseReturn,
        (UNSETTLED, IN_HAND),
        (ASSIGNEE, ASSIGNEE),
        (&[Condition::Running, Condition::HasGiver], &[Input::Reason]),
    ),
    terms(
        CaseAct::HandUp,
        Permission::CaseHandUp,
        (IN_HAND, IN_HAND),
        (ASSIGNEE, WORKERS),
        (&[Condition::Running, Condition::HasLevelAbove], &[Input::Reason]),
    ),
    terms(
        CaseAct::SendDown,
        Permission::CaseSendDown,
        (IN_HAND, IN_HAND),
        (DIRECTS, WORKERS),
        (&[Condition::Running, Condition::HasLevelBelow], &[Input::Target]),
    ),
    terms(
        // It stays what it is for everybody else: its state does not change.
        CaseAct::Advance,
        Permission::CaseAdvance,
        (WORKED_ON, WORKED_ON),
        (DIRECTS, WORKERS),
        (&[Condition::Running], &[Input::Stage]),
    ),
    terms(
        CaseAct::StepBack,
        Permission::CaseStepBack,
        (IN_HAND, IN_HAND),
        (DIRECTS, WORKERS),
        (&[Condition::Running], &[Input::Stage, Input::Reason]),
    ),
    terms(
        CaseAct::Pause,
        // Whoever works on a case does not stop its clock: somebody who answers for it does.
        Permission::CasePause,
        (IN_HAND, &[]),
        (OVERSIGHT, OVERSIGHT),
        (&[Condition::NotHolder, Condition::Running], &[Input::Reason]),
    ),
    terms(
        CaseAct::Resume,
        Permission::CaseResume,
        (IN_HAND, &[]),
        (DIRECTS, DIRECTS),
        (&[Condition::Paused], &[]),
    ),
    terms(
        CaseAct::Extend,
        // Whoever works on a case asks for more time; somebody who answers for it gives it.
        Permission::CaseExtend,
        (IN_HAND, &[]),
        (OVERSIGHT, OVERSIGHT),
        (
            &[Condition::NotHolder, Condition::HasLimit, Condition::ExtensionLeft],
            &[Input::Amount, Input::Reason],
        ),
    ),
    terms(
        CaseAct::RequestExtension,
        Permission::CaseRequestExtension,
        (IN_HAND, &[]),
        (ASSIGNEE, ASSIGNEE),
        (
            &[Condition::Running, Condition::HasLimit, Condition::ExtensionLeft, Condition::NoRequest],
            &[Input::Amount, Input::Reason],
        ),
    ),
    terms(
        // Whoever could give the time refuses it.
        CaseAct::RefuseExtension,
        Permission::CaseExtend,
        (IN_HAND, &[]),
        (OVERSIGHT, OVERSIGHT),
        (&[Condition::NotHolder, Condition::HasRequest], &[Input::Reason]),
    ),
    terms(
        // Whoever leads keeps it: others assist.
        CaseAct::CoHandle,
        Permission::CaseCoHandle,
        (IN_HAND, &[]),
        (DIRECTS, DIRECTS),
        (&[Condition::Running], &[Input::Targets, Input::Reason]),
    ),
    terms(
        CaseAct::Assist,
        Permission::CaseAssist,
        (WORKED_ON, &[]),
        (ASSISTANT, ASSISTANT),
        (&[Condition::Running], &[Input::Text]),
    ),
    terms(
        // Whoever waits for it, or answers for it, asks for haste: nothing else changes.
        CaseAct::Urge,
        Permission::CaseUrge,
        (OPEN, &[]),
        (URGERS, URGERS),
        (&[Condition::Running], &[]),
    ),
    terms(
        // Whoever works on a case is supervised, and does not supervise.
        CaseAct::Supervise,
        Permission::CaseSupervise,
        (OPEN, &[]),
        (OVERSIGHT, OVERSIGHT),
        (&[Condition::NotHolder], &[Input::Level, Input::Reason]),
    ),
    terms(
        CaseAct::Instruct,
        Permission::CaseInstruct,
        (OPEN, &[]),
        (TERRITORY, WORKERS),
        (&[], &[Input::Text]),
    ),
    terms(
        CaseAct::TakeCharge,
        Permission::CaseTakeCharge,
        (OPEN, &[]),
        (TERRITORY, LEADERS),
        (&[Condition::HasAccount], &[]),
    ),
    terms(
        CaseAct::ChangeCategory,
        Permission::CaseChangeCategory,
        (UNSETTLED, &[]),
        (DIRECTS, WORKERS),
        (&[Condition::Running], &[Input::Category, Input::Reason]),
    ),
    terms(
        CaseAct::Comment,
        Permission::CaseComment,
        (TOLD, &[]),
        (&[Relation::Reader], &[Relation::Assistant, Relation::Reader]),
        (&[], &[Input::Text]),
    ),
    terms(
        CaseAct::Complete,
        Permission::CaseComplete,
        (IN_HAND, &[CaseState::Resolved]),
        (ASSIGNEE, ASSIGNEE),
        (&[Condition::Running], &[Input::Text]),
    ),
    terms(
        CaseAct::Verify,
        Permission::CaseVerify,
        (SETTLED, &[CaseState::Verified]),
        (OVERSIGHT, WORKERS),
        (&[Condition::NotOwnResult], &[]),
    ),
    terms(
        CaseAct::SendBack,
        Permission::CaseSendBack,
        (SETTLED, IN_HAND),
        (OVERSIGHT, WORKERS),
        (&[], &[Input::Reason]),
    ),
    terms(
        CaseAct::Close,
        Permission::CaseClose,
        (SETTLED, &[CaseState::Closed]),
        (OVERSIGHT, WORKERS),
        (&[], &[]),
    ),
    terms(
        CaseAct::Evaluate,
        Permission::CaseEvaluate,
        (&[CaseState::Closed], &[CaseState::Closed]),
        (REPORTERS, REPORTERS),
        (&[Condition::NotEvaluated, Condition::EvaluationOpen], &[Input::Rating]),
    ),
    terms(
        // It changes nothing: whoever answers for a case asks what became of it, before the closing and after.
        CaseAct::ReturnVisit,
        Permission::CaseReturnVisit,
        (ANSWERED, &[]),
        (LEADERS, LEADERS),
        (&[Condition::NotOwnResult], &[Input::Channel]),
    ),
    terms(
        CaseAct::Reopen,
        Permission::CaseReopen,
        (&[CaseState::Closed], IN_HAND),
        (&[Relation::Oversight, Relation::Reporter], REOPENERS),
        (&[Condition::WindowOpen], &[Input::Reason]),
    ),
    terms(
        CaseAct::Withdraw,
        Permission::CaseWithdraw,
        (NOT_BEGUN, &[CaseState::Withdrawn]),
        (REPORTERS, REPORTERS),
        (&[], &[]),
    ),
    terms(
        CaseAct::Merge,
        Permission::CaseMerge,
        (UNSETTLED, &[CaseState::Merged]),
        (DIRECTS, DIRECTS),
        (&[], &[Input::Master, Input::Reason]),
    ),
    terms(
        CaseAct::Void,
        Permission::CaseVoid,
        (OPEN, &[CaseState::Voided]),
        (OVERSIGHT, OVERSIGHT),
        (&[], &[Input::Reason]),
    ),
];

// The rows stand in the order of the acts.
const _: () = {
    let mut row = 0;
    while row < CaseAct::COUNT {
        assert!(TERMS[row].act as usize == row, "a row of another act");
        row += 1;
    }
};

impl CaseAct {
    /// What is fixed of the act.
    #[must_use]
    pub const fn terms(self) -> &'static Terms {
        &TERMS[self as usize]
    }

    /// Whether whoever does it names the stage that it leads to: there can be several.
    #[must_use]
    pub const fn names_stage(self) -> bool {
        matches!(self, Self::Advance | Self::StepBack)
    }

    /// What a grant must allow.
    #[must_use]
    pub const fn permission(self) -> Permission {
        self.terms().permission
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::CaseAct;

    #[test]
    fn who_does_an_act_by_default_may_be_named_for_it() {
        for act in CaseAct::iter() {
            let terms = act.terms();
            assert!(terms.who.iter().all(|relation| terms.may.contains(relation)), "{act:?}");
        }
    }
}
