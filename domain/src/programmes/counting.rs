//! What counts as closed, on time and reworked (办结、按时、返工), as a programme says.

use std::collections::BTreeSet;

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::programmes::act::CaseAct;
use crate::programmes::document::{Marked, Notes, Table};
use crate::programmes::fault::ProgrammeRule;
use crate::programmes::model::{LimitSource, Programme, Rule, Stage};
use crate::programmes::vocabulary::CaseState;

/// What the cases of a programme count as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Keys of the stages at which a case counts as closed.
    pub closed: Vec<String>,
    /// How it is judged whether a case was on time.
    pub on_time: OnTime,
    /// The acts that make a case reworked: of sending it back, opening it again and moving it back.
    pub reworked: BTreeSet<CaseAct>,
}

/// How it is judged whether a case was on time (按时办结).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnTime {
    /// What ends the time that is judged.
    pub until: JudgedUntil,
    /// By which limits.
    pub limits: JudgedLimits,
}

/// What ends the time that is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum JudgedUntil {
    /// The result that stood was reported. What it takes to check it counts only when it does not stand.
    #[default]
    Complete,
    /// The case was closed.
    Close,
}

/// By which limits it is judged whether a case was on time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum JudgedLimits {
    /// That of the whole alone.
    Whole,
    /// That of the whole and that of each stage it was at.
    Every,
}

/// An act that can make a case reworked.
#[derive(Clone, Copy, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
enum Rework {
    SendBack,
    Reopen,
    StepBack,
}

impl Rework {
    const fn act(self) -> CaseAct {
        match self {
            Self::SendBack => CaseAct::SendBack,
            Self::Reopen => CaseAct::Reopen,
            Self::StepBack => CaseAct::StepBack,
        }
    }
}

impl Counts {
    /// What counts where nothing says otherwise, of a programme without stages.
    pub(super) fn plain() -> Self {
        Self {
            closed: vec![],
            on_time: OnTime { until: JudgedUntil::default(), limits: JudgedLimits::Whole },
            reworked: [Rework::SendBack, Rework::Reopen].map(Rework::act).into(),
        }
    }

    /// What a file says under `counts`. Where it says nothing, every stage of the closed state counts as closed, a case is
    /// judged when the result that stood was reported, by the limit of the whole — by those of its stages where the whole
    /// has none —, and it is reworked when it is sent back or opened again. Its line is where the file names the first stage
    /// that counts as closed; 0 where it names none.
    pub(super) fn read(
        top: &Table<'_>,
        stages: &[Stage],
        limit: Option<LimitSource>,
        notes: &Notes,
    ) -> Marked<Self> {
        let by_stages = limit == Some(LimitSource::Stages);
        let mut default = Self { closed: closed_stages(stages), ..Self::plain() };
        if by_stages {
            default.on_time.limits = JudgedLimits::Every;
        }
        let Some(table) = top.table("counts") else { return Marked { line: 0, value: default } };
        let (closed, line) = closed(&table, stages, notes)
            .map_or((default.closed, 0), |written| (written.value, written.line));
        let on_time = table.table("on_time").map_or(default.on_time, |own| {
            let until = own.word("until").map(|word| word.value);
            let limits = own.word::<JudgedLimits>("limits");
            own.finish();
            // Nothing gives the whole a limit: nobody would ever be judged.
            if let Some(whole) = limits.as_ref().filter(|word| word.value == JudgedLimits::Whole && by_stages)
            {
                notes.note(whole.line, ProgrammeRule::NotTogether, "limits");
            }
            OnTime {
                until: until.unwrap_or_default(),
                limits: limits.map_or(default.on_time.limits, |word| word.value),
            }
        });
        let reworked = table.words::<Rework>("reworked");
        let reworked = reworked.map_or(default.reworked, |acts| acts.into_iter().map(Rework::act).collect());
        table.finish();
        Marked { line, value: Self { closed, on_time, reworked } }
    }
}

fn closed_stages(stages: &[Stage]) -> Vec<String> {
    let closed = stages.iter().filter(|stage| stage.state == CaseState::Closed);
    closed.map(|stage| stage.key.clone()).collect()
}

/// Where a result is there.
const SETTLED: [CaseState; 3] = [CaseState::Resolved, CaseState::Verified, CaseState::Closed];

/// The stages that a file names: where a result is there at least, for nothing is closed before.
fn closed(table: &Table<'_>, stages: &[Stage], notes: &Notes) -> Option<Marked<Vec<String>>> {
    let written = table.texts("closed")?;
    let line = written.first().map_or(table.line, |key| key.line);
    if written.is_empty() {
        notes.note(table.line, ProgrammeRule::Missing, "closed");
    }
    let mut keys = vec![];
    for key in written {
        match stages.iter().find(|stage| stage.key == key.value) {
            None => notes.note(key.line, ProgrammeRule::UnknownStage, &key.value),
            Some(stage) if !SETTLED.contains(&stage.state) => {
                notes.note(key.line, ProgrammeRule::NotTogether, &key.value);
            }
            Some(_) => keys.push(key.value),
        }
    }
    Some(Marked { line, value: keys })
}

/// What counts as closed goes on counting as long as its result stands: every stage that follows is among those that a file
/// names. Else a case would be closed, and not any more once somebody has checked it.
pub(super) fn check(programme: &Programme, line: u32, notes: &Notes) {
    if line == 0 {
        return;
    }
    let counts = |key: &str| programme.counts.closed.iter().any(|closed| closed == key);
    let takes_back = |rule: &&Rule| matches!(rule.act, CaseAct::SendBack | CaseAct::Reopen);
    let leaving = programme.every_rule().filter(|rule| rule.from.iter().any(|from| counts(from)));
    let next =
        leaving.filter(|rule| !takes_back(rule)).filter_map(|rule| programme.stage(rule.to.as_deref()?));
    let missing: BTreeSet<&str> = next
        .filter(|stage| SETTLED.contains(&stage.state) && !counts(&stage.key))
        .map(|stage| stage.key.as_str())
        .collect();
    for key in missing {
        notes.note(line, ProgrammeRule::Missing, key);
    }
}

#[cfg(test)]
#[path = "counting_tests.rs"]
mod tests;
