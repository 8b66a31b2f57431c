//! The ladder of a programme (升级阶梯): what the system itself does to a case whose time runs out.

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::kernel::calendar::Limit;
use crate::programmes::act::CaseAct;
use crate::programmes::document::{Marked, Notes, Table};
use crate::programmes::fault::ProgrammeRule;
use crate::programmes::model::{LimitSource, Name, Programme};
use crate::programmes::reading::{limit, name};
use crate::programmes::vocabulary::SupervisionLevel;

/// Most rungs of a programme.
const RUNG_LIMIT: usize = 40;

/// One rung: at a moment of a limit the system does an act, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rung {
    /// Key within the programme.
    pub key: String,
    /// What people call it.
    pub name: Name,
    /// Keys of the stages whose limits it watches; none stands for the limit of the whole.
    pub stages: Vec<String>,
    /// The moment.
    pub moment: RungMoment,
    /// What is done.
    pub act: RungAct,
}

/// A moment of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RungMoment {
    /// It turns yellow.
    Yellow,
    /// It is over.
    Due,
    /// So much later, by the calendar.
    After(Limit),
}

/// What a rung does. Where a case is already with the highest office, or as strictly supervised, the rung urges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RungAct {
    /// Urges whomever it lies with.
    Urge,
    /// Supervises it at a level.
    Supervise(SupervisionLevel),
    /// Hands it to the office above.
    HandUp,
}

impl RungAct {
    /// The act on the case.
    #[must_use]
    pub const fn act(self) -> CaseAct {
        match self {
            Self::Urge => CaseAct::Urge,
            Self::Supervise(_) => CaseAct::Supervise,
            Self::HandUp => CaseAct::HandUp,
        }
    }

    /// The level at which it supervises.
    #[must_use]
    pub const fn level(self) -> Option<SupervisionLevel> {
        match self {
            Self::Supervise(level) => Some(level),
            Self::Urge | Self::HandUp => None,
        }
    }
}

/// A moment as a file says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
enum At {
    Yellow,
    Due,
}

/// An act as a file says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
enum Does {
    Urge,
    Supervise,
    HandUp,
}

/// The rungs that are written.
pub(super) fn rungs(top: &Table<'_>, notes: &Notes) -> Vec<Marked<Rung>> {
    let mut rungs: Vec<Marked<Rung>> = vec![];
    for table in top.tables("rungs", RUNG_LIMIT) {
        let Some(rung) = rung(&table, notes) else { continue };
        if rungs.iter().any(|known| known.value.key == rung.key) {
            notes.note(table.line, ProgrammeRule::Duplicate, &rung.key);
        } else {
            rungs.push(Marked { line: table.line, value: rung });
        }
    }
    rungs
}

fn rung(table: &Table<'_>, notes: &Notes) -> Option<Rung> {
    let (key, name) = (table.key("key"), name(table));
    let stages = table.texts("stages").unwrap_or_default();
    let at = table.required_word::<At>("at").map(|at| at.value);
    let after = table.table("after").and_then(|own| {
        let after = limit(&own);
        own.finish();
        after
    });
    let act = table.required_word::<Does>("act").map(|act| act.value);
    let level = table.word::<SupervisionLevel>("level");
    table.finish();
    if at == Some(At::Yellow) && after.is_some() {
        notes.note(table.line, ProgrammeRule::NotTogether, "after");
    }
    let act = match (act?, level) {
        (Does::Urge, None) => RungAct::Urge,
        (Does::HandUp, None) => RungAct::HandUp,
        (Does::Supervise, Some(level)) => RungAct::Supervise(level.value),
        (Does::Supervise, None) => {
            notes.note(table.line, ProgrammeRule::Missing, "level");
            return None;
        }
        (Does::Urge | Does::HandUp, Some(level)) => {
            notes.note(level.line, ProgrammeRule::NotTogether, "level");
            return None;
        }
    };
    let moment = match (at?, after) {
        (At::Yellow, _) => RungMoment::Yellow,
        (At::Due, None) => RungMoment::Due,
        (At::Due, Some(after)) => RungMoment::After(after),
    };
    let stages = stages.into_iter().map(|stage| stage.value).collect();
    Some(Rung { key: key?.value, name: name?, stages, moment, act })
}

/// Something gives the time that each rung watches, and what it does is possible there.
pub(super) fn check(programme: &Programme, lines: &[u32], notes: &Notes) {
    for (rung, line) in programme.rungs.iter().zip(lines) {
        if rung.stages.is_empty() && programme.limit == LimitSource::Stages {
            notes.note(*line, ProgrammeRule::RungWithoutLimit, &rung.key);
        }
        for key in &rung.stages {
            match programme.stage(key) {
                None => notes.note(*line, ProgrammeRule::UnknownStage, key),
                Some(stage) if stage.limit.is_none() => {
                    notes.note(*line, ProgrammeRule::RungWithoutLimit, key);
                }
                Some(_) => {}
            }
        }
        if let Some(subject) = impossible(programme, rung) {
            notes.note(*line, ProgrammeRule::RungWithoutAct, &subject);
        }
        if let Some(stage) = unclear(programme, rung) {
            notes.note(*line, ProgrammeRule::Ambiguous, stage);
        }
    }
}

/// The stages that a rung watches, of those there are.
fn watched<'a>(programme: &'a Programme, rung: &'a Rung) -> impl Iterator<Item = &'a String> {
    let watches = |key: &String| rung.stages.is_empty() || rung.stages.contains(key);
    let open = programme.stages.iter().filter(|stage| stage.state.is_open()).map(|stage| &stage.key);
    open.filter(move |key| watches(key))
}

/// Where a rung would not know which way up, or what to fill in: there is nobody to say.
fn unclear<'a>(programme: &'a Programme, rung: &'a Rung) -> Option<&'a str> {
    let vague = |key: &&String| {
        let mut ways = programme.rules_of(rung.act.act()).filter(|rule| rule.from.contains(*key));
        let first = ways.next();
        let asks = first.is_some_and(|rule| !rule.fields.is_empty());
        asks || first.is_some_and(|first| ways.any(|rule| rule.to != first.to || !rule.fields.is_empty()))
    };
    watched(programme, rung).find(vague).map(String::as_str)
}

/// Where what a rung does is not possible. Urging must be possible wherever it watches, for it stands in for what the
/// rung does; handing up need be possible somewhere, for a case does not lie low everywhere.
fn impossible(programme: &Programme, rung: &Rung) -> Option<String> {
    let possible = |act: CaseAct, key: &String| programme.rules_of(act).any(|rule| rule.from.contains(key));
    let watched: Vec<&String> = watched(programme, rung).collect();
    let act = rung.act.act();
    let somewhere = watched.is_empty() || watched.iter().any(|key| possible(act, key));
    let mute = watched.iter().find(|key| !possible(CaseAct::Urge, key));
    let silent = watched.iter().find(|key| act == CaseAct::Supervise && !possible(act, key));
    let nowhere = (!somewhere).then(|| rung.key.clone());
    mute.or(silent).map(|key| (*key).clone()).or(nowhere)
}

#[cfg(test)]
#[path = "ladder_tests.rs"]
mod tests;
