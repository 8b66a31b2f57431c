//! The workflow of a grid event (网格事件) as a table. Programmes that a district writes will stand beside it.

use crate::cases::act::CaseAct;
use crate::cases::actor::{Condition, Relation};
use crate::cases::model::CaseState;
use crate::cases::workflow::{Input, Rule, Stage, StageLabel};
use crate::kernel::permission::Permission;

const fn label(stage: Stage, when: CaseState, name_zh: &'static str, name_en: &'static str) -> StageLabel {
    StageLabel { stage, state: when, name_zh, name_en }
}

/// The eight stages of a grid event (网格事件).
pub(super) const STAGES: &[StageLabel] = &[
    label(Stage::Discovery, CaseState::Reported, "发现", "Discovery"),
    label(Stage::Acceptance, CaseState::Accepted, "受理", "Acceptance"),
    label(Stage::Triage, CaseState::Dispatched, "分流", "Triage"),
    label(Stage::Handling, CaseState::Handling, "处置", "Handling"),
    label(Stage::Feedback, CaseState::Resolved, "反馈", "Feedback"),
    label(Stage::Verification, CaseState::Verified, "核查", "Verification"),
    label(Stage::Closing, CaseState::Closed, "结案", "Closing"),
    label(Stage::Evaluation, CaseState::Closed, "评价", "Evaluation"),
];

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
/// Nobody works on it yet.
const WITHDRAWABLE: &[CaseState] = &[CaseState::Reported, CaseState::Accepted, CaseState::Dispatched];
/// Nobody has begun.
const NOT_BEGUN: &[CaseState] = &[CaseState::Accepted, CaseState::Dispatched];

/// Nobody has decided: whoever answers for the ground may.
const DECIDES: &[Relation] = &[Relation::Assignee, Relation::Territory];
/// The one it lies with, or somebody above.
const DIRECTS: &[Relation] = &[Relation::Assignee, Relation::Oversight];
const ASSIGNEE: &[Relation] = &[Relation::Assignee];
const OVERSIGHT: &[Relation] = &[Relation::Oversight];
const REPORTER: &[Relation] = &[Relation::Reporter];
/// Staff for a reporter who has no account.
const PROXY: &[Relation] = &[Relation::Proxy];

/// The rules of a grid event.
pub(super) const RULES: &[Rule] = &[
    Rule {
        act: CaseAct::Report,
        from: &[],
        to: Some(CaseState::Reported),
        permission: Permission::CaseReport,
        who: &[],
        conditions: &[],
        inputs: &[Input::Text],
    },
    Rule {
        act: CaseAct::Accept,
        from: &[CaseState::Reported],
        to: Some(CaseState::Accepted),
        permission: Permission::CaseAccept,
        who: DECIDES,
        conditions: &[],
        inputs: &[],
    },
    Rule {
        act: CaseAct::Reject,
        from: &[CaseState::Reported],
        to: Some(CaseState::Rejected),
        permission: Permission::CaseReject,
        who: DECIDES,
        conditions: &[],
        inputs: &[Input::Reason],
    },
    Rule {
        act: CaseAct::Dispatch,
        from: NOT_BEGUN,
        to: Some(CaseState::Dispatched),
        permission: Permission::CaseDispatch,
        who: DIRECTS,
        conditions: &[Condition::Running],
        inputs: &[Input::Target],
    },
    Rule {
        // A supervisor takes a case from an assignee who does not get on with it.
        act: CaseAct::Dispatch,
        from: &[CaseState::Handling],
        to: Some(CaseState::Dispatched),
        permission: Permission::CaseDispatch,
        who: OVERSIGHT,
        conditions: &[Condition::Running],
        inputs: &[Input::Target],
    },
    Rule {
        act: CaseAct::Start,
        from: NOT_BEGUN,
        to: Some(CaseState::Handling),
        permission: Permission::CaseStart,
        who: ASSIGNEE,
        conditions: &[Condition::Running],
        inputs: &[],
    },
    Rule {
        act: CaseAct::Transfer,
        from: IN_HAND,
        to: Some(CaseState::Dispatched),
        permission: Permission::CaseTransfer,
        who: ASSIGNEE,
        conditions: &[Condition::Running],
        inputs: &[Input::Target, Input::Reason],
    },
    Rule {
        act: CaseAct::Return,
        from: IN_HAND,
        to: Some(CaseState::Accepted),
        permission: Permission::CaseReturn,
        who: ASSIGNEE,
        conditions: &[Condition::Running, Condition::HasGiver],
        inputs: &[Input::Reason],
    },
    Rule {
        act: CaseAct::HandUp,
        from: IN_HAND,
        to: Some(CaseState::Accepted),
        permission: Permission::CaseHandUp,
        who: ASSIGNEE,
        conditions: &[Condition::Running, Condition::HasLevelAbove],
        inputs: &[Input::Reason],
    },
    Rule {
        act: CaseAct::SendDown,
        from: IN_HAND,
        to: Some(CaseState::Dispatched),
        permission: Permission::CaseSendDown,
        who: DIRECTS,
        conditions: &[Condition::Running, Condition::HasLevelBelow],
        inputs: &[Input::Target],
    },
    Rule {
        // Whoever works on a case does not stop its clock: somebody who answers for it does.
        act: CaseAct::Pause,
        from: IN_HAND,
        to: None,
        permission: Permission::CasePause,
        who: OVERSIGHT,
        conditions: &[Condition::NotHolder, Condition::Running],
        inputs: &[Input::Reason],
    },
    Rule {
        act: CaseAct::Resume,
        from: IN_HAND,
        to: None,
        permission: Permission::CaseResume,
        who: DIRECTS,
        conditions: &[Condition::Paused],
        inputs: &[],
    },
    Rule {
        // Whoever works on a case asks for more time; somebody who answers for it gives it.
        act: CaseAct::Extend,
        from: IN_HAND,
        to: None,
        permission: Permission::CaseExtend,
        who: OVERSIGHT,
        conditions: &[Condition::NotHolder, Condition::HasLimit, Condition::ExtensionLeft],
        inputs: &[Input::Amount, Input::Reason],
    },
    Rule {
        act: CaseAct::Comment,
        from: &[
            CaseState::Reported,
            CaseState::Accepted,
            CaseState::Dispatched,
            CaseState::Handling,
            CaseState::Resolved,
            CaseState::Verified,
            CaseState::Closed,
        ],
        to: None,
        permission: Permission::CaseComment,
        who: &[Relation::Reader],
        conditions: &[],
        inputs: &[Input::Text],
    },
    Rule {
        act: CaseAct::Complete,
        from: &[CaseState::Handling],
        to: Some(CaseState::Resolved),
        permission: Permission::CaseComplete,
        who: ASSIGNEE,
        conditions: &[Condition::Running],
        inputs: &[Input::Text],
    },
    Rule {
        act: CaseAct::Verify,
        from: &[CaseState::Resolved],
        to: Some(CaseState::Verified),
        permission: Permission::CaseVerify,
        who: OVERSIGHT,
        conditions: &[Condition::NotOwnResult],
        inputs: &[],
    },
    Rule {
        act: CaseAct::SendBack,
        from: &[CaseState::Resolved, CaseState::Verified],
        to: Some(CaseState::Handling),
        permission: Permission::CaseSendBack,
        who: OVERSIGHT,
        conditions: &[],
        inputs: &[Input::Reason],
    },
    Rule {
        act: CaseAct::Close,
        from: &[CaseState::Verified],
        to: Some(CaseState::Closed),
        permission: Permission::CaseClose,
        who: OVERSIGHT,
        conditions: &[],
        inputs: &[],
    },
    Rule {
        act: CaseAct::Evaluate,
        from: &[CaseState::Closed],
        to: None,
        permission: Permission::CaseEvaluate,
        who: REPORTER,
        conditions: &[Condition::NotEvaluated],
        inputs: &[Input::Rating],
    },
    Rule {
        // What the reporter said when they were asked; nobody asks about their own work.
        act: CaseAct::Evaluate,
        from: &[CaseState::Closed],
        to: None,
        permission: Permission::CaseEvaluate,
        who: PROXY,
        conditions: &[Condition::NotEvaluated, Condition::NotOwnResult],
        inputs: &[Input::Rating],
    },
    Rule {
        act: CaseAct::Reopen,
        from: &[CaseState::Closed],
        to: Some(CaseState::Handling),
        permission: Permission::CaseReopen,
        who: &[Relation::Oversight, Relation::Reporter],
        conditions: &[Condition::WindowOpen],
        inputs: &[Input::Reason],
    },
    Rule {
        act: CaseAct::Withdraw,
        from: WITHDRAWABLE,
        to: Some(CaseState::Withdrawn),
        permission: Permission::CaseWithdraw,
        who: REPORTER,
        conditions: &[],
        inputs: &[],
    },
    Rule {
        act: CaseAct::Withdraw,
        from: WITHDRAWABLE,
        to: Some(CaseState::Withdrawn),
        permission: Permission::CaseWithdraw,
        who: PROXY,
        conditions: &[],
        inputs: &[Input::Reason],
    },
    Rule {
        act: CaseAct::Void,
        from: OPEN,
        to: Some(CaseState::Voided),
        permission: Permission::CaseVoid,
        who: OVERSIGHT,
        conditions: &[],
        inputs: &[Input::Reason],
    },
];
