//! Which act leads from which state to which, who may do it and what it demands. Pure: two functions
//! over the table in `rules.rs`. What may be done and what is done come from the same [`next`].

use crate::cases::act::CaseAct;
use crate::cases::actor::{Actor, Condition, Relation};
use crate::cases::model::CaseState;
use crate::cases::rules::{RULES, STAGES};
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
    /// How many more hours or days.
    Amount,
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

    /// The permission that an act demands.
    #[must_use]
    pub fn permission(&self, act: CaseAct) -> Option<Permission> {
        self.rules_of(act).next().map(|rule| rule.permission)
    }
}

/// Why an act is refused, the nearest miss last: of several rules that refuse, it is what is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// The rule by which an act is possible, and what it therefore demands.
///
/// # Errors
/// [`Refusal`]: the act is not possible in this state, not for this actor, or not now.
pub fn judge(
    from: CaseState,
    act: CaseAct,
    actor: &Actor,
    programme: &Programme,
) -> Result<&'static Rule, Refusal> {
    let mut refused = Why::State;
    for rule in programme.rules_of(act).filter(|rule| rule.from.contains(&from)) {
        match judged(rule, actor) {
            Ok(()) => return Ok(rule),
            Err(why) => refused = refused.max(why),
        }
    }
    Err(Refusal { from, act, why: refused })
}

/// The state after an act.
///
/// # Errors
/// [`Refusal`], as [`judge`] says.
pub fn next(
    from: CaseState,
    act: CaseAct,
    actor: &Actor,
    programme: &Programme,
) -> Result<CaseState, Refusal> {
    judge(from, act, actor, programme).map(|rule| rule.to.unwrap_or(from))
}

/// The rules by which something is possible, one per act.
#[must_use]
pub fn available(from: CaseState, actor: &Actor, programme: &Programme) -> Vec<&'static Rule> {
    use strum::IntoEnumIterator as _;
    CaseAct::iter().filter_map(|act| judge(from, act, actor, programme).ok()).collect()
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

#[cfg(test)]
#[path = "workflow_tests.rs"]
mod tests;
