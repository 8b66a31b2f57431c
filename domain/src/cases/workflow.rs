//! Which act leads from which state to which, who may do it and what it demands. Pure: a table and two
//! functions over it. What may be done and what is done come from the same [`next`].

use crate::cases::act::CaseAct;
use crate::cases::actor::{Actor, Condition, Relation};
use crate::cases::model::CaseState;
use crate::kernel::permission::Permission;

/// Something that an act demands of its input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter, strum::IntoStaticStr)]
pub enum Input {
    /// A written reason.
    Reason,
    /// To whom the case goes.
    Target,
    /// What was done or said.
    Text,
    /// A judgement.
    Rating,
}

/// One line of a workflow.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The act.
    pub act: CaseAct,
    /// The states it is possible in; none for the report, which begins a case.
    pub from: &'static [CaseState],
    /// The state it leads to; none leaves the state as it is.
    pub to: Option<CaseState>,
    /// What a grant must allow.
    pub permission: Permission,
    /// What the actor must be to the case: any of these.
    pub who: &'static [Relation],
    /// What must hold besides: all of these.
    pub conditions: &'static [Condition],
    /// What the input must give.
    pub inputs: &'static [Input],
}

/// A step of the work as people name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, strum::EnumIter, strum::IntoStaticStr)]
pub enum Stage {
    /// Discovery (发现).
    Discovery,
    /// Acceptance (受理).
    Acceptance,
    /// Triage (分流).
    Triage,
    /// Handling (处置).
    Handling,
    /// Feedback (反馈).
    Feedback,
    /// Verification (核查).
    Verification,
    /// Closing (结案).
    Closing,
    /// Evaluation (评价).
    Evaluation,
}

/// A stage as a programme names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageLabel {
    /// The stage.
    pub stage: Stage,
    /// The state in which a case is at this stage; an evaluated case is at [`Stage::Evaluation`].
    pub state: CaseState,
    /// Name in Chinese.
    pub name_zh: &'static str,
    /// Name in English.
    pub name_en: &'static str,
}

/// A workflow as a value: its rules and its stages.
#[derive(Clone, Copy, Debug)]
pub struct Programme {
    /// Key.
    pub key: &'static str,
    /// Its rules.
    pub rules: &'static [Rule],
    /// Its stages, in order.
    pub stages: &'static [StageLabel],
}

impl Default for Programme {
    /// The grid event (网格事件), in eight stages.
    fn default() -> Self {
        Self { key: "grid_event", rules: RULES, stages: STAGES }
    }
}

impl Programme {
    /// The stage of a state; none for a case that ended before its way was gone.
    #[must_use]
    pub fn stage(&self, state: CaseState) -> Option<&'static StageLabel> {
        self.stages.iter().find(|label| label.state == state)
    }

    /// The stage of an evaluated case.
    #[must_use]
    pub fn evaluated_stage(&self) -> Option<&'static StageLabel> {
        self.stages.iter().find(|label| label.stage == Stage::Evaluation)
    }

    /// The rules of an act: several when other states ask for other people.
    pub fn rules_of(&self, act: CaseAct) -> impl Iterator<Item = &'static Rule> {
        self.rules.iter().filter(move |rule| rule.act == act)
    }

    /// What the input of an act must give.
    #[must_use]
    pub fn inputs_of(&self, act: CaseAct) -> Vec<Input> {
        self.rules_of(act).next().map(|rule| rule.inputs.to_vec()).unwrap_or_default()
    }

    /// The permission that an act demands.
    #[must_use]
    pub fn permission(&self, act: CaseAct) -> Option<Permission> {
        self.rules_of(act).next().map(|rule| rule.permission)
    }
}

/// Why an act is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The act is not possible in this state.
    State,
    /// The actor is nobody to the case who may do this.
    Relation,
    /// The actor would be the right one, but no grant allows it.
    Permission,
    /// Something that the act demands does not hold.
    Condition(Condition),
}

/// A refused act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The state of the case.
    pub from: CaseState,
    /// The act.
    pub act: CaseAct,
    /// Why.
    pub why: Why,
}

/// The state after an act.
///
/// # Errors
/// [`Refusal`]: the act is not possible in this state, not for this actor, or not now.
pub fn next(
    from: CaseState,
    act: CaseAct,
    actor: &Actor,
    programme: &Programme,
) -> Result<CaseState, Refusal> {
    let mut refused = Why::State;
    for rule in programme.rules_of(act).filter(|rule| rule.from.contains(&from)) {
        match judged(rule, actor) {
            Ok(()) => return Ok(rule.to.unwrap_or(from)),
            Err(why) => refused = why,
        }
    }
    Err(Refusal { from, act, why: refused })
}

/// The acts that [`next`] allows.
#[must_use]
pub fn available(from: CaseState, actor: &Actor, programme: &Programme) -> Vec<CaseAct> {
    use strum::IntoEnumIterator as _;
    CaseAct::iter().filter(|act| next(from, *act, actor, programme).is_ok()).collect()
}

fn judged(rule: &Rule, actor: &Actor) -> Result<(), Why> {
    if !rule.who.iter().any(|relation| actor.may(*relation, rule.permission)) {
        let related = rule.who.iter().any(|relation| actor.is(*relation));
        return Err(if related { Why::Permission } else { Why::Relation });
    }
    match rule.conditions.iter().find(|condition| !actor.meets(**condition)) {
        Some(condition) => Err(Why::Condition(*condition)),
        None => Ok(()),
    }
}

const fn label(stage: Stage, when: CaseState, name_zh: &'static str, name_en: &'static str) -> StageLabel {
    StageLabel { stage, state: when, name_zh, name_en }
}

const STAGES: &[StageLabel] = &[
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
/// Nobody has begun.
const NOT_BEGUN: &[CaseState] = &[CaseState::Accepted, CaseState::Dispatched];

/// Nobody has decided: whoever answers for the ground may.
const DECIDES: &[Relation] = &[Relation::Assignee, Relation::Territory];
/// The one it lies with, or somebody above.
const DIRECTS: &[Relation] = &[Relation::Assignee, Relation::Oversight];
const ASSIGNEE: &[Relation] = &[Relation::Assignee];
const OVERSIGHT: &[Relation] = &[Relation::Oversight];
/// The reporter, or staff for a reporter who has no account.
const REPORTER: &[Relation] = &[Relation::Reporter, Relation::Proxy];

const RULES: &[Rule] = &[
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
        conditions: &[],
        inputs: &[Input::Target],
    },
    Rule {
        // A supervisor takes a case from an assignee who does not get on with it.
        act: CaseAct::Dispatch,
        from: &[CaseState::Handling],
        to: Some(CaseState::Dispatched),
        permission: Permission::CaseDispatch,
        who: OVERSIGHT,
        conditions: &[],
        inputs: &[Input::Target],
    },
    Rule {
        act: CaseAct::Start,
        from: NOT_BEGUN,
        to: Some(CaseState::Handling),
        permission: Permission::CaseStart,
        who: ASSIGNEE,
        conditions: &[],
        inputs: &[],
    },
    Rule {
        act: CaseAct::Transfer,
        from: IN_HAND,
        to: Some(CaseState::Dispatched),
        permission: Permission::CaseTransfer,
        who: ASSIGNEE,
        conditions: &[],
        inputs: &[Input::Target, Input::Reason],
    },
    Rule {
        act: CaseAct::Return,
        from: IN_HAND,
        to: Some(CaseState::Accepted),
        permission: Permission::CaseReturn,
        who: ASSIGNEE,
        conditions: &[Condition::HasGiver],
        inputs: &[Input::Reason],
    },
    Rule {
        act: CaseAct::HandUp,
        from: IN_HAND,
        to: Some(CaseState::Accepted),
        permission: Permission::CaseHandUp,
        who: ASSIGNEE,
        conditions: &[Condition::HasLevelAbove],
        inputs: &[Input::Reason],
    },
    Rule {
        act: CaseAct::SendDown,
        from: IN_HAND,
        to: Some(CaseState::Dispatched),
        permission: Permission::CaseSendDown,
        who: DIRECTS,
        conditions: &[Condition::HasLevelBelow],
        inputs: &[Input::Target],
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
        conditions: &[],
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
        from: &[CaseState::Reported, CaseState::Accepted, CaseState::Dispatched],
        to: Some(CaseState::Withdrawn),
        permission: Permission::CaseWithdraw,
        who: REPORTER,
        conditions: &[],
        inputs: &[],
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

#[cfg(test)]
#[path = "workflow_tests.rs"]
mod tests;
