//! What differs between two programmes, part by part. Pure.

use std::collections::{BTreeMap, BTreeSet};

use strum::IntoEnumIterator as _;

use crate::kernel::calendar::Limit;
use crate::programmes::counting::Counts;
use crate::programmes::evaluation::EvaluationForm;
use crate::programmes::field::{Choice, Field, FieldKind};
use crate::programmes::ladder::{Rung, RungMoment};
use crate::programmes::model::{LimitSource, Programme, Rule, Stage};
use crate::programmes::vocabulary::SupervisionLevel;

/// One part of a programme that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgrammeChange {
    /// Which part, for example `stages.handling.limit` or `acts.dispatch.2.who`.
    pub part: String,
    /// What it was; none for a part that is new.
    pub before: Option<String>,
    /// What it is; none for a part that is gone.
    pub after: Option<String>,
}

/// What differs between two programmes, in the order of the parts' names.
#[must_use]
pub fn changes(from: &Programme, to: &Programme) -> Vec<ProgrammeChange> {
    let (before, after) = (parts(from), parts(to));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| ProgrammeChange {
            part: name.clone(),
            before: before.get(name).cloned(),
            after: after.get(name).cloned(),
        })
        .collect()
}

fn parts(programme: &Programme) -> BTreeMap<String, String> {
    let mut parts = BTreeMap::from([
        ("name_zh".to_owned(), programme.name.zh.clone()),
        ("name_en".to_owned(), programme.name.en.clone()),
        ("categories".to_owned(), joined(&programme.categories)),
        ("sources".to_owned(), words(&programme.sources)),
        ("limit".to_owned(), source(programme.limit)),
        ("without".to_owned(), words(&programme.without())),
    ]);
    for level in SupervisionLevel::iter() {
        let part = format!("supervision.{}", <&'static str>::from(level));
        parts.insert(part, programme.supervision.of(level).to_string());
    }
    parts.extend(of_counts(&programme.counts));
    parts.extend(of_evaluation(&programme.evaluation));
    for (place, stage) in programme.stages.iter().enumerate() {
        parts.extend(of_stage(place, stage));
    }
    for field in &programme.fields {
        parts.extend(of_field(field));
    }
    let mut lines: BTreeMap<&'static str, usize> = BTreeMap::new();
    for rule in &programme.rules {
        let line = lines.entry(rule.act.into()).or_default();
        *line += 1;
        parts.extend(of_rule(*line, rule));
    }
    for rung in &programme.rungs {
        parts.extend(of_rung(rung));
    }
    parts.retain(|_, value| !value.is_empty());
    parts
}

fn of_counts(counts: &Counts) -> [(String, String); 4] {
    let part = |name: &str| format!("counts.{name}");
    let (until, limits) = (counts.on_time.until, counts.on_time.limits);
    [
        (part("closed"), counts.closed.join(", ")),
        (part("on_time.until"), <&'static str>::from(until).to_owned()),
        (part("on_time.limits"), <&'static str>::from(limits).to_owned()),
        (part("reworked"), words(&counts.reworked)),
    ]
}

fn of_evaluation(form: &EvaluationForm) -> Vec<(String, String)> {
    let part = |name: &str| format!("evaluation.{name}");
    let mut parts = vec![(part("within"), form.within.map(limit).unwrap_or_default())];
    for (place, reason) in form.reasons.iter().enumerate() {
        let told = format!("{}: {} / {}", place + 1, reason.name.zh, reason.name.en);
        parts.push((part(&format!("reasons.{}", reason.key)), told));
    }
    for (place, question) in form.questions.iter().enumerate() {
        let required = if question.required { ", required" } else { "" };
        let told = format!("{}: {} / {}{required}", place + 1, question.name.zh, question.name.en);
        parts.push((part(&format!("questions.{}", question.key)), told));
    }
    parts
}

fn of_stage(place: usize, stage: &Stage) -> Vec<(String, String)> {
    let part = |name: &str| format!("stages.{}.{name}", stage.key);
    let limit = stage.limit.map(|own| {
        let yellow = own.yellow_percent.map(|percent| format!(", {percent} %")).unwrap_or_default();
        format!("{}{yellow}, {}", limit(own.limit), <&'static str>::from(own.on_return))
    });
    vec![
        (part("place"), (place + 1).to_string()),
        (part("state"), <&'static str>::from(stage.state).to_owned()),
        (part("name_zh"), stage.name.zh.clone()),
        (part("name_en"), stage.name.en.clone()),
        (part("limit"), limit.unwrap_or_default()),
    ]
}

fn of_field(field: &Field) -> Vec<(String, String)> {
    let part = |name: &str| format!("fields.{}.{name}", field.key);
    let kind = match &field.kind {
        FieldKind::Text { most, keeping } => format!("text, {most}, {}", <&'static str>::from(*keeping)),
        FieldKind::Number { min, max } => format!("number, {min}–{max}"),
        FieldKind::Money { min, max } => format!("money, {min}–{max} fen"),
        FieldKind::Date => "date".to_owned(),
        FieldKind::Person => "person".to_owned(),
        FieldKind::Unit => "unit".to_owned(),
        FieldKind::Choice { choices } => {
            let told = |choice: &Choice| format!("{} {} / {}", choice.key, choice.name.zh, choice.name.en);
            format!("choice: {}", choices.iter().map(told).collect::<Vec<_>>().join(", "))
        }
    };
    vec![
        (part("name_zh"), field.name.zh.clone()),
        (part("name_en"), field.name.en.clone()),
        (part("readers"), <&'static str>::from(field.readers).to_owned()),
        (part("kind"), kind),
    ]
}

fn of_rule(line: usize, rule: &Rule) -> Vec<(String, String)> {
    let act: &'static str = rule.act.into();
    let part = |name: &str| format!("acts.{act}.{line}.{name}");
    let label = rule.label.as_ref().map(|label| format!("{} / {}", label.zh, label.en));
    let codes: BTreeSet<String> = rule.organisations.iter().map(|own| own.code.clone()).collect();
    vec![
        (part("from"), rule.from.join(", ")),
        (part("to"), rule.to.clone().unwrap_or_default()),
        (part("who"), words(&rule.who)),
        (part("roles"), words(&rule.roles)),
        (part("tiers"), words(&rule.tiers)),
        (part("organisations"), joined(&codes)),
        (part("requires"), words(&rule.requires)),
        (part("fields"), joined(&rule.fields)),
        (part("optional_fields"), joined(&rule.optional_fields)),
        (part("label"), label.unwrap_or_default()),
    ]
}

fn of_rung(rung: &Rung) -> Vec<(String, String)> {
    let part = |name: &str| format!("rungs.{}.{name}", rung.key);
    let moment = match rung.moment {
        RungMoment::Yellow => "yellow".to_owned(),
        RungMoment::Due => "due".to_owned(),
        RungMoment::After(later) => format!("{} after due", limit(later)),
    };
    let act: &'static str = rung.act.act().into();
    let level = rung.act.level().map(|level| format!(", {}", <&'static str>::from(level)));
    vec![
        (part("name_zh"), rung.name.zh.clone()),
        (part("name_en"), rung.name.en.clone()),
        (part("stages"), rung.stages.join(", ")),
        (part("at"), moment),
        (part("act"), format!("{act}{}", level.unwrap_or_default())),
    ]
}

fn limit(limit: Limit) -> String {
    format!("{} {}", limit.amount, <&'static str>::from(limit.kind))
}

fn source(source: LimitSource) -> String {
    match source {
        LimitSource::Category => "category".to_owned(),
        LimitSource::Stages => "stages".to_owned(),
        LimitSource::Programme(own) => limit(own),
    }
}

fn joined(texts: &BTreeSet<String>) -> String {
    texts.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn words<'a, T: Copy + Into<&'static str> + 'a>(words: impl IntoIterator<Item = &'a T>) -> String {
    words.into_iter().map(|word| (*word).into()).collect::<Vec<&'static str>>().join(", ")
}
