//! Which act leads from which stage to which, who may do it and what it demands. Pure: two functions over a programme.
//! What may be done and what is done come from the same [`judge`].

use std::collections::BTreeSet;

use strum::IntoEnumIterator as _;

use crate::programmes::act::CaseAct;
use crate::programmes::actor::Actor;
use crate::programmes::model::{Name, Programme, Rule, Stage};
use crate::programmes::vocabulary::{CaseState, Condition, Input, Relation};

/// Why an act is refused, the nearest miss last: of several rules that refuse, it is what is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The act is not possible at this stage.
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

/// An act that is possible: where it leads and what it demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The act.
    pub act: CaseAct,
    /// The rule that allows it.
    pub rule: Rule,
    /// As what it is done: the first that the rule names for whom everything holds.
    pub relation: Relation,
    /// What the programme calls it.
    pub label: Option<Name>,
    /// Key of the stage after it.
    pub stage: String,
    /// The state after it.
    pub state: CaseState,
    /// What its input must give.
    pub inputs: Vec<Input>,
    /// Keys of the fields that must have a value after it.
    pub fields: BTreeSet<String>,
    /// Keys of the fields that can be given with it besides.
    pub optional_fields: BTreeSet<String>,
}

/// Whether an act is possible for a case at a stage, and what it leads to; some acts name the stage they are to lead to.
///
/// # Errors
/// [`Refusal`]: the act is not possible at this stage, not for this actor, or not now.
pub fn judge(
    (from, stage): (CaseState, &str),
    (act, toward): (CaseAct, Option<&str>),
    actor: &Actor,
    programme: &Programme,
) -> Result<Verdict, Refusal> {
    let mut refused = Why::State;
    let rules = programme.rules_of(act).filter(|rule| rule.from.iter().any(|key| key == stage));
    for rule in rules.filter(|rule| !act.names_stage() || rule.to.as_deref() == toward) {
        match judged(rule, from, actor) {
            Ok(relation) => {
                let to = rule.to.as_deref().and_then(|key| programme.stage(key));
                return Ok(verdict(rule, relation, to, (from, stage)));
            }
            Err(why) => refused = refused.max(why),
        }
    }
    Err(Refusal { from, act, why: refused })
}

/// What is possible: one verdict per act, and per stage of an act that names it.
#[must_use]
pub fn available(at: (CaseState, &str), actor: &Actor, programme: &Programme) -> Vec<Verdict> {
    let mut verdicts: Vec<Verdict> = vec![];
    for act in CaseAct::iter() {
        if act.names_stage() {
            let stages = programme.stages.iter().map(|stage| stage.key.as_str());
            verdicts.extend(stages.filter_map(|key| judge(at, (act, Some(key)), actor, programme).ok()));
        } else {
            verdicts.extend(judge(at, (act, None), actor, programme));
        }
    }
    verdicts
}

fn verdict(rule: &Rule, as_what: Relation, to: Option<&Stage>, (from, stage): (CaseState, &str)) -> Verdict {
    let mut inputs = rule.act.inputs(as_what);
    inputs.extend(rule.requires.iter().filter(|input| !rule.act.inputs(as_what).contains(input)));
    Verdict {
        act: rule.act,
        rule: rule.clone(),
        relation: as_what,
        label: rule.label.clone(),
        stage: to.map_or(stage, |to| to.key.as_str()).to_owned(),
        state: to.map_or(from, |to| to.state),
        inputs,
        fields: rule.fields.clone(),
        optional_fields: rule.optional_fields.clone(),
    }
}

/// As what the actor may act by a rule: the first of those it names for whom everything holds.
fn judged(rule: &Rule, from: CaseState, actor: &Actor) -> Result<Relation, Why> {
    let mut refused = Why::Relation;
    for relation in rule.who.iter().copied().filter(|relation| actor.is(*relation)) {
        if !actor.may_by(relation, rule) {
            refused = refused.max(Why::Permission);
            continue;
        }
        let unmet =
            rule.act.conditions(from, relation).into_iter().find(|condition| !actor.meets(*condition));
        match unmet {
            Some(condition) => refused = refused.max(Why::Condition(condition)),
            None => return Ok(relation),
        }
    }
    Err(refused)
}

#[cfg(test)]
#[path = "workflow_tests.rs"]
mod tests;
