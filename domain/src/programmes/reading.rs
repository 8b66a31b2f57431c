//! From a programme's file to the programme: what is written, and what follows where nothing is.

use std::collections::BTreeSet;

use toml::de::DeTable;

use crate::identity::Role;
use crate::kernel::calendar::{Limit, LimitKind};
use crate::kernel::mutant::{self, Mutant};
use crate::programmes::act::CaseAct;
use crate::programmes::beside;
use crate::programmes::check;
use crate::programmes::counting::Counts;
use crate::programmes::document::{Marked, Notes, Table};
use crate::programmes::evaluation::EvaluationForm;
use crate::programmes::fault::{Fault, ProgrammeRule};
use crate::programmes::field::{
    Choice, Field, FieldKind, FieldReaders, LONGEST_TEXT, MOST_MONEY, TEXT_LIMIT, TextKeeping,
};
use crate::programmes::ladder;
use crate::programmes::model::{
    LimitSource, Name, OnReturn, Programme, Rule, RuleOrganisation, Stage, StageLimit,
};
use crate::programmes::supervision::SupervisionCost;
use crate::programmes::vocabulary::CaseState;

/// Most bytes of a file: the longest that ships has a tenth of it.
pub const FILE_LIMIT: usize = 64 * 1024;
/// Most stages of a programme.
const STAGE_LIMIT: usize = 40;
/// Most lines of acts of a programme.
const ACT_LIMIT: usize = 200;
/// Most fields of a programme.
const FIELD_LIMIT: usize = 60;
/// Most things that a field can be.
const CHOICE_LIMIT: usize = 100;

/// A programme with the lines that its stages, fields, rules and rungs stand on, in their order, and that of what counts as
/// closed; 0 for what is not written.
pub(super) struct Draft {
    pub(super) programme: Programme,
    pub(super) stage_lines: Vec<u32>,
    pub(super) field_lines: Vec<u32>,
    pub(super) rule_lines: Vec<u32>,
    pub(super) rung_lines: Vec<u32>,
    pub(super) closed_line: u32,
}

/// Reads a programme and checks it by every rule.
///
/// # Errors
/// Everything that is wrong with it, in the order of its lines.
pub fn read(text: &str) -> Result<Programme, Vec<Fault>> {
    let notes = Notes::of(text);
    let draft = drafted(text, &notes);
    // What joins the parts is looked at when each of them can be read: one mistake is not told ten times.
    if let Some(draft) = draft.as_ref().filter(|_| notes.count() == 0) {
        check::check(draft, &notes);
    }
    let faults = notes.faults();
    match draft {
        Some(draft) if faults.is_empty() || mutant::active(Mutant::NoProgrammeCheck) => Ok(draft.programme),
        _ => Err(faults),
    }
}

/// Reads a programme that was checked when it was published: a rule that joins its parts and came later does not stop its
/// cases. What cannot be read any more is none: half of a restriction would let everybody in.
pub(super) fn reread(text: &str) -> Option<Programme> {
    let notes = Notes::of(text);
    drafted(text, &notes).filter(|_| notes.count() == 0).map(|draft| draft.programme)
}

fn drafted(text: &str, notes: &Notes) -> Option<Draft> {
    if text.len() > FILE_LIMIT {
        notes.note(1, ProgrammeRule::FileTooLong, &FILE_LIMIT.to_string());
        return None;
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let line = error.span().map_or(1, |span| notes.line(span.start));
        notes.note(line, ProgrammeRule::Syntax, error.message());
    }
    if !errors.is_empty() {
        return None;
    }
    let top = Table::new(notes, &table);
    let key = top.key("key");
    let name = name(&top);
    let categories = top.texts("categories").unwrap_or_default();
    let sources = top.words("sources").unwrap_or_default();
    let limit = limit_source(&top);
    let supervision = SupervisionCost::read(&top);
    let evaluation = EvaluationForm::read(&top, notes);
    let before = notes.count();
    let stages = stages(&top, notes);
    // What an act names is judged by stages and fields that can be read.
    let unheard = Notes::of("");
    let ways = if notes.count() == before { notes } else { &unheard };
    let (stages, stage_lines): (Vec<_>, Vec<_>) =
        stages.into_iter().map(|stage| (stage.value, stage.line)).unzip();
    let counts = Counts::read(&top, &stages, limit, ways);
    let before = notes.count();
    let fields = fields(&top, notes);
    let names = if notes.count() == before { notes } else { &unheard };
    let (fields, field_lines): (Vec<_>, Vec<_>) =
        fields.into_iter().map(|field| (field.value, field.line)).unzip();
    let rules = top
        .tables("acts", ACT_LIMIT)
        .iter()
        .filter_map(|table| rule(table, (&stages, ways), (&fields, names)))
        .collect::<Vec<_>>();
    let beside = beside::rules(&top, &stages, &rules, notes);
    let (rules, rule_lines) = rules.into_iter().map(|rule| (rule.value, rule.line)).unzip();
    let rungs = ladder::rungs(&top, notes);
    let (rungs, rung_lines) = rungs.into_iter().map(|rung| (rung.value, rung.line)).unzip();
    top.finish();
    let programme = Programme {
        version: None,
        number: 0,
        key: key?.value,
        name: name?,
        categories: categories.into_iter().map(|code| code.value).collect(),
        sources: sources.into_iter().collect(),
        limit: limit?,
        supervision,
        counts: counts.value,
        evaluation,
        stages,
        fields,
        rules,
        beside,
        rungs,
    };
    Some(Draft { programme, stage_lines, field_lines, rule_lines, rung_lines, closed_line: counts.line })
}

pub(super) fn name(table: &Table<'_>) -> Option<Name> {
    let (zh, en) = (table.name("name_zh"), table.name("name_en"));
    Some(Name { zh: zh?, en: en? })
}

/// `limit = "category"`, `limit = "stages"` or a limit.
fn limit_source(top: &Table<'_>) -> Option<LimitSource> {
    #[derive(Clone, Copy, strum::EnumIter, strum::EnumString, strum::IntoStaticStr)]
    #[strum(serialize_all = "snake_case")]
    enum Where {
        Category,
        Stages,
    }
    if top.holds_text("limit") {
        return top.word("limit").map(|from| match from.value {
            Where::Category => LimitSource::Category,
            Where::Stages => LimitSource::Stages,
        });
    }
    let table = top.required_table("limit")?;
    let limit = limit(&table);
    table.finish();
    limit.map(LimitSource::Programme)
}

pub(super) fn limit(table: &Table<'_>) -> Option<Limit> {
    let kind = table.required_word::<LimitKind>("kind").map(|kind| kind.value);
    let bounds = kind.unwrap_or(LimitKind::UrgentHour).bounds();
    let amount = table.required_number("amount", &bounds);
    Some(Limit { amount: amount?, kind: kind? })
}

/// The stages that are written, and the ends that every case can have.
fn stages(top: &Table<'_>, notes: &Notes) -> Vec<Marked<Stage>> {
    let mut stages: Vec<Marked<Stage>> = vec![];
    for table in top.tables("stages", STAGE_LIMIT) {
        let Some(stage) = stage(&table) else { continue };
        if stages.iter().any(|known| known.value.key == stage.key) {
            notes.note(table.line, ProgrammeRule::Duplicate, &stage.key);
        } else {
            stages.push(Marked { line: table.line, value: stage });
        }
    }
    for end in Stage::ends() {
        if stages.iter().all(|stage| stage.value.state != end.state && stage.value.key != end.key) {
            stages.push(Marked { line: 0, value: end });
        }
    }
    stages
}

fn stage(table: &Table<'_>) -> Option<Stage> {
    let key = table.key("key");
    let state = table.required_word::<CaseState>("state");
    let name = name(table);
    let limit = table.table("limit").and_then(|table| {
        let limit = limit(&table);
        let yellow_percent =
            table.number("yellow_percent", &(1..=99)).and_then(|percent| u8::try_from(percent).ok());
        let on_return = table.word::<OnReturn>("on_return").map(|word| word.value).unwrap_or_default();
        table.finish();
        limit.map(|limit| StageLimit { limit, yellow_percent, on_return })
    });
    table.finish();
    Some(Stage { key: key?.value, state: state?.value, name: name?, limit })
}

fn fields(top: &Table<'_>, notes: &Notes) -> Vec<Marked<Field>> {
    let mut fields: Vec<Marked<Field>> = vec![];
    for table in top.tables("fields", FIELD_LIMIT) {
        let Some(field) = field(&table, notes) else { continue };
        if fields.iter().any(|known| known.value.key == field.key) {
            notes.note(table.line, ProgrammeRule::Duplicate, &field.key);
        } else {
            fields.push(Marked { line: table.line, value: field });
        }
    }
    fields
}

fn field(table: &Table<'_>, notes: &Notes) -> Option<Field> {
    /// What a field can hold, as a file says it.
    #[derive(Clone, Copy, strum::EnumIter, strum::EnumString, strum::IntoStaticStr)]
    #[strum(serialize_all = "snake_case")]
    enum Holds {
        Text,
        Number,
        Money,
        Date,
        Choice,
        Person,
        Unit,
    }
    let key = table.key("key");
    let name = name(table);
    let readers = table.word::<FieldReaders>("readers").map(|word| word.value).unwrap_or_default();
    let kind = match table.required_word::<Holds>("kind").map(|kind| kind.value) {
        Some(Holds::Text) => Some(FieldKind::Text {
            most: table.number("most", &(1..=LONGEST_TEXT)).unwrap_or(TEXT_LIMIT),
            keeping: table.word::<TextKeeping>("keeping").map(|word| word.value).unwrap_or_default(),
        }),
        Some(Holds::Number) => {
            let (min, max) = bounds(table, i64::from(i32::MIN), i64::from(i32::MAX));
            Some(FieldKind::Number { min, max })
        }
        Some(Holds::Money) => {
            let (min, max) = bounds(table, 0, MOST_MONEY);
            Some(FieldKind::Money { min, max })
        }
        Some(Holds::Date) => Some(FieldKind::Date),
        Some(Holds::Choice) => choices(table, notes),
        Some(Holds::Person) => Some(FieldKind::Person),
        Some(Holds::Unit) => Some(FieldKind::Unit),
        None => None,
    };
    table.finish();
    Some(Field { key: key?.value, name: name?, kind: kind?, readers })
}

/// The least and the greatest of a number: from nothing up to the most there is, when a file does not say.
fn bounds(table: &Table<'_>, least: i64, most: i64) -> (i64, i64) {
    let min = table.integer("min", &(least..=most)).unwrap_or(0);
    (min, table.integer("max", &(min..=most)).unwrap_or(most))
}

fn choices(table: &Table<'_>, notes: &Notes) -> Option<FieldKind> {
    let mut choices: Vec<Choice> = vec![];
    for row in table.tables("choices", CHOICE_LIMIT) {
        let (key, name) = (row.key("key"), name(&row));
        row.finish();
        let Some((key, name)) = key.zip(name) else { continue };
        if choices.iter().any(|known| known.key == key.value) {
            notes.note(key.line, ProgrammeRule::Duplicate, &key.value);
        } else {
            choices.push(Choice { key: key.value, name });
        }
    }
    if choices.is_empty() {
        notes.note(table.line, ProgrammeRule::Missing, "choices");
        return None;
    }
    Some(FieldKind::Choice { choices })
}

fn rule(
    table: &Table<'_>,
    (stages, notes): (&[Stage], &Notes),
    (fields, names): (&[Field], &Notes),
) -> Option<Marked<Rule>> {
    let act = table.required_word::<CaseAct>("act").map(|act| act.value);
    let label_zh = table.text("label_zh").is_some();
    let label = (label_zh || table.text("label_en").is_some())
        .then(|| (table.name("label_zh"), table.name("label_en")))
        .and_then(|(zh, en)| Some(Name { zh: zh?, en: en? }));
    let from = table.texts("from");
    let to = table.text("to");
    let who = table.words("who");
    let roles = table.words::<Role>("roles").unwrap_or_default();
    let tiers = table.words("tiers").unwrap_or_default();
    let organisations = table.texts("organisations").unwrap_or_default();
    let requires = table.words("requires").unwrap_or_default();
    let demanded = named_fields(table.texts("fields"), fields, names);
    let optional_fields = named_fields(table.texts("optional_fields"), fields, names);
    table.finish();
    let act = act?;
    let rule = Rule {
        act,
        label,
        from: origins(act, from, stages, notes),
        to: aim(act, to, stages, (notes, table.line)),
        who: who.unwrap_or_else(|| act.terms().who.to_vec()),
        roles: roles.into_iter().collect(),
        tiers: tiers.into_iter().collect(),
        organisations: organisations
            .into_iter()
            .map(|code| RuleOrganisation { code: code.value, id: None })
            .collect(),
        requires: requires.into_iter().collect(),
        fields: demanded,
        optional_fields,
    };
    Some(Marked { line: table.line, value: rule })
}

/// The fields that an act names.
fn named_fields(written: Option<Vec<Marked<String>>>, fields: &[Field], notes: &Notes) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for key in written.unwrap_or_default() {
        if fields.iter().any(|field| field.key == key.value) {
            keys.insert(key.value);
        } else {
            notes.note(key.line, ProgrammeRule::UnknownField, &key.value);
        }
    }
    keys
}

/// The stages an act is possible at: those that are written, else all of a state that it may come from.
fn origins(act: CaseAct, from: Option<Vec<Marked<String>>>, stages: &[Stage], notes: &Notes) -> Vec<String> {
    let allowed = act.terms().from;
    let Some(written) = from else {
        return stages
            .iter()
            .filter(|stage| allowed.contains(&stage.state))
            .map(|stage| stage.key.clone())
            .collect();
    };
    let mut keys = vec![];
    for key in written {
        match stages.iter().find(|stage| stage.key == key.value) {
            None => notes.note(key.line, ProgrammeRule::UnknownStage, &key.value),
            Some(stage) if !allowed.contains(&stage.state) => {
                notes.note(key.line, ProgrammeRule::WrongFrom, &key.value);
            }
            Some(_) => keys.push(key.value),
        }
    }
    keys
}

/// The stage an act leads to: the one that is written, else the only one it can lead to.
fn aim(
    act: CaseAct,
    to: Option<Marked<String>>,
    stages: &[Stage],
    (notes, line): (&Notes, u32),
) -> Option<String> {
    let allowed = act.terms().to;
    if let Some(key) = to {
        let rule = match stages.iter().find(|stage| stage.key == key.value) {
            None => ProgrammeRule::UnknownStage,
            Some(_) if allowed.is_empty() => ProgrammeRule::LeadsNowhere,
            Some(stage) if !allowed.contains(&stage.state) => ProgrammeRule::WrongTo,
            Some(_) => return Some(key.value),
        };
        notes.note(key.line, rule, &key.value);
        return None;
    }
    let mut possible = stages.iter().filter(|stage| allowed.contains(&stage.state));
    match (possible.next(), possible.next()) {
        (Some(only), None) => Some(only.key.clone()),
        (None, _) if allowed.is_empty() => None,
        _ => {
            notes.note(line, ProgrammeRule::UnclearTo, act.into());
            None
        }
    }
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;
