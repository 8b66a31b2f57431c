//! The rules that join the parts of a programme: who may act, and whether every way ends.

use std::collections::BTreeSet;

use crate::programmes::act::CaseAct;
use crate::programmes::counting;
use crate::programmes::document::Notes;
use crate::programmes::fault::ProgrammeRule;
use crate::programmes::field::FieldReaders;
use crate::programmes::ladder;
use crate::programmes::model::{LimitSource, Programme, Rule, Stage};
use crate::programmes::reading::Draft;
use crate::programmes::vocabulary::{CaseState, Relation};

/// Notes what is wrong with a programme whose parts can be read.
pub(super) fn check(draft: &Draft, notes: &Notes) {
    let programme = &draft.programme;
    let reports = programme.rules_of(CaseAct::Report).count();
    if reports != 1 {
        notes.note(1, ProgrammeRule::ReportOnce, &reports.to_string());
    }
    for (rule, line) in programme.rules.iter().zip(&draft.rule_lines) {
        authority(rule, *line, notes);
    }
    for (rule, line) in
        programme.rules.iter().zip(&draft.rule_lines).filter(|(rule, _)| rule.act.names_stage())
    {
        steps(programme, rule, *line, notes);
    }
    ambiguity(draft, notes);
    ways(draft, notes);
    standstill(draft, notes);
    readable(draft, notes);
    for (field, line) in programme.fields.iter().zip(&draft.field_lines) {
        let takes =
            |rule: &Rule| rule.fields.contains(&field.key) || rule.optional_fields.contains(&field.key);
        if !programme.rules.iter().any(takes) {
            notes.note(*line, ProgrammeRule::UnusedField, &field.key);
        }
    }
    limits(draft, notes);
    counting::check(programme, draft.closed_line, notes);
    ladder::check(programme, &draft.rung_lines, notes);
}

/// Somebody may do the act, and nobody who must not.
fn authority(rule: &Rule, line: u32, notes: &Notes) {
    let terms = rule.act.terms();
    let begins = rule.act == CaseAct::Report;
    if rule.who.is_empty() && !begins {
        notes.note(line, ProgrammeRule::ActWithoutRole, rule.act.into());
    }
    if rule.from.is_empty() && !begins {
        notes.note(line, ProgrammeRule::Missing, "from");
    }
    if begins && !(rule.roles.is_empty() && rule.tiers.is_empty() && rule.organisations.is_empty()) {
        notes.note(line, ProgrammeRule::WrongWho, rule.act.into());
    }
    // A grant for an organisation covers no place: its people are assignees, at no level.
    let of_organisations = !rule.organisations.is_empty();
    if of_organisations && !(rule.who.contains(&Relation::Assignee) && rule.tiers.is_empty()) {
        notes.note(line, ProgrammeRule::ActWithoutRole, "organisations");
    }
    for relation in rule.who.iter().filter(|relation| !terms.may.contains(relation)) {
        notes.note(line, ProgrammeRule::WrongWho, relation.into());
    }
    for role in rule.roles.iter().filter(|role| !role.permissions().holds(terms.permission)) {
        notes.note(line, ProgrammeRule::ActWithoutRole, role.key());
    }
    for input in rule.requires.iter().filter(|input| !rule.act.may_require(**input)) {
        notes.note(line, ProgrammeRule::UnknownWord, input.into());
    }
}

/// An advance stays in its state; a step back leads to an earlier stage.
fn steps(programme: &Programme, rule: &Rule, line: u32, notes: &Notes) {
    let place = |key: &str| programme.stages.iter().position(|stage| stage.key == key);
    let Some(to) = rule.to.as_deref().and_then(place) else { return };
    for from in rule.from.iter().filter_map(|key| place(key)) {
        let fits = match (rule.act, programme.stages.get(from), programme.stages.get(to)) {
            (CaseAct::Advance, Some(from), Some(to)) => from.state == to.state && from.key != to.key,
            _ => to < from,
        };
        if !fits {
            notes.note(line, ProgrammeRule::WrongTo, rule.to.as_deref().unwrap_or_default());
        }
    }
}

/// Two lines of one act that lead elsewhere are for other people or other stages.
fn ambiguity(draft: &Draft, notes: &Notes) {
    let rules = &draft.programme.rules;
    for (index, (rule, line)) in rules.iter().zip(&draft.rule_lines).enumerate() {
        if rules.iter().take(index).any(|earlier| clash(earlier, rule)) {
            notes.note(*line, ProgrammeRule::Ambiguous, rule.act.into());
        }
    }
}

fn clash(one: &Rule, other: &Rule) -> bool {
    fn meet<T: Ord>(one: &BTreeSet<T>, other: &BTreeSet<T>) -> bool {
        one.is_empty() || other.is_empty() || !one.is_disjoint(other)
    }
    one.act == other.act
        && !one.act.names_stage()
        && one.to != other.to
        && one.from.iter().any(|key| other.from.contains(key))
        && one.who.iter().any(|relation| other.who.contains(relation))
        && meet(&one.roles, &other.roles)
        && meet(&one.tiers, &other.tiers)
        && meet(&codes(one), &codes(other))
}

fn codes(rule: &Rule) -> BTreeSet<&str> {
    rule.organisations.iter().map(|organisation| organisation.code.as_str()).collect()
}

/// Every stage is reached, and from every open one a case can be closed.
fn ways(draft: &Draft, notes: &Notes) {
    let programme = &draft.programme;
    let reached = reached(programme);
    let closing = closing(programme);
    let written = programme.stages.iter().zip(&draft.stage_lines).filter(|(_, line)| **line > 0);
    for (stage, line) in written {
        if !reached.contains(stage.key.as_str()) {
            notes.note(*line, ProgrammeRule::Unreachable, &stage.key);
        } else if stage.state.is_open() && !closing.contains(stage.key.as_str()) {
            let leaves = programme.rules.iter().any(|rule| settles(rule) && leads_from(rule, stage));
            let rule = if leaves { ProgrammeRule::LoopWithoutExit } else { ProgrammeRule::DeadEnd };
            notes.note(*line, rule, &stage.key);
        }
    }
}

/// What stands still can go on again.
fn standstill(draft: &Draft, notes: &Notes) {
    let rules = &draft.programme.rules;
    let resumed =
        |stage: &String| rules.iter().any(|rule| rule.act == CaseAct::Resume && rule.from.contains(stage));
    for (rule, line) in rules.iter().zip(&draft.rule_lines).filter(|(rule, _)| rule.act == CaseAct::Pause) {
        if let Some(stage) = rule.from.iter().find(|stage| !resumed(stage)) {
            notes.note(*line, ProgrammeRule::NeverResumed, stage);
        }
    }
}

/// Nobody must give what they may not read.
fn readable(draft: &Draft, notes: &Notes) {
    let programme = &draft.programme;
    for (rule, line) in programme.rules.iter().zip(&draft.rule_lines) {
        let strangers = [Relation::Reporter, Relation::Reader];
        let of_strangers = rule.act == CaseAct::Report || rule.who.iter().any(|who| strangers.contains(who));
        let hidden =
            |key: &&String| programme.field(key).is_some_and(|field| field.readers == FieldReaders::Staff);
        if let Some(key) = rule.fields.iter().find(hidden).filter(|_| of_strangers) {
            notes.note(*line, ProgrammeRule::HiddenField, key);
        }
    }
}

/// The stages that a reported case can come to.
fn reached(programme: &Programme) -> BTreeSet<&str> {
    let mut reached: BTreeSet<&str> = programme.first().map(|stage| stage.key.as_str()).into_iter().collect();
    loop {
        // A file may name the end of an act that it has no line for.
        let next = programme.every_rule().filter_map(|rule| {
            rule.from.iter().any(|key| reached.contains(key.as_str())).then_some(rule.to.as_deref()?)
        });
        let more: Vec<&str> = next.filter(|key| !reached.contains(key)).collect();
        if more.is_empty() {
            return reached;
        }
        reached.extend(more);
    }
}

/// The stages from which a case can come to its closing.
fn closing(programme: &Programme) -> BTreeSet<&str> {
    let closed = programme.stages.iter().filter(|stage| stage.state == CaseState::Closed);
    let mut closing: BTreeSet<&str> = closed.map(|stage| stage.key.as_str()).collect();
    loop {
        let before = programme.rules.iter().filter(|rule| settles(rule));
        let before = before.filter(|rule| rule.to.as_deref().is_some_and(|key| closing.contains(key)));
        let more: Vec<&str> = before
            .flat_map(|rule| &rule.from)
            .map(String::as_str)
            .filter(|key| !closing.contains(key))
            .collect();
        if more.is_empty() {
            return closing;
        }
        closing.extend(more);
    }
}

/// Whether an act surely brings a case on its way: one that was refused, taken back or struck off was not settled, and
/// not every case has a giver, a level above or one below.
fn settles(rule: &Rule) -> bool {
    let ends = matches!(rule.act, CaseAct::Reject | CaseAct::Withdraw | CaseAct::Merge | CaseAct::Void);
    !ends && !matches!(rule.act, CaseAct::Return | CaseAct::HandUp | CaseAct::SendDown)
}

fn leads_from(rule: &Rule, stage: &Stage) -> bool {
    rule.from.contains(&stage.key) && rule.to.as_ref().is_some_and(|key| *key != stage.key)
}

/// Something gives the time that a case may take at each open stage.
fn limits(draft: &Draft, notes: &Notes) {
    if draft.programme.limit != LimitSource::Stages {
        return;
    }
    for (stage, line) in draft.programme.stages.iter().zip(&draft.stage_lines) {
        if stage.state.is_open() && stage.limit.is_none() {
            notes.note(*line, ProgrammeRule::LimitMissing, &stage.key);
        }
    }
}
