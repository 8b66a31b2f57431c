//! Acts beside the way (旁路行为): they leave a case where it is, or end it otherwise, and are possible wherever what is fixed of them lets them
//! be, unless a programme says otherwise. So a programme that was written before there was such an act has it too.

use std::collections::BTreeSet;

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::programmes::act::CaseAct;
use crate::programmes::document::{Marked, Notes, Table};
use crate::programmes::fault::ProgrammeRule;
use crate::programmes::model::{Rule, Stage};

/// An act beside the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Beside {
    /// Ask for more time (延期申请).
    RequestExtension,
    /// Refuse the time that was asked for (驳回延期).
    RefuseExtension,
    /// Ask others to assist with it (协办).
    CoHandle,
    /// Say what one did to assist (协办反馈).
    Assist,
    /// Ask for haste (催办).
    Urge,
    /// Put it under supervision (督办).
    Supervise,
    /// Write an instruction on it (批示).
    Instruct,
    /// Take charge of it (包案).
    TakeCharge,
    /// Give it another category (改类).
    ChangeCategory,
    /// Ask the reporter what they make of the result (回访).
    ReturnVisit,
    /// Make it part of another case (并案).
    Merge,
}

impl Beside {
    /// The act.
    pub(super) const fn act(self) -> CaseAct {
        match self {
            Self::RequestExtension => CaseAct::RequestExtension,
            Self::RefuseExtension => CaseAct::RefuseExtension,
            Self::CoHandle => CaseAct::CoHandle,
            Self::Assist => CaseAct::Assist,
            Self::Urge => CaseAct::Urge,
            Self::Supervise => CaseAct::Supervise,
            Self::Instruct => CaseAct::Instruct,
            Self::TakeCharge => CaseAct::TakeCharge,
            Self::ChangeCategory => CaseAct::ChangeCategory,
            Self::ReturnVisit => CaseAct::ReturnVisit,
            Self::Merge => CaseAct::Merge,
        }
    }
}

/// The rules of the acts beside the way that a file neither writes a line for nor leaves out (`without`).
pub(super) fn rules(top: &Table<'_>, stages: &[Stage], written: &[Marked<Rule>], notes: &Notes) -> Vec<Rule> {
    use strum::IntoEnumIterator as _;
    let without = top.words::<Beside>("without").unwrap_or_default();
    let mut rules = vec![];
    for beside in Beside::iter() {
        let line = written.iter().find(|rule| rule.value.act == beside.act());
        match (line, without.contains(&beside)) {
            // It is either left out or has a line of its own.
            (Some(line), true) => notes.note(line.line, ProgrammeRule::Duplicate, beside.into()),
            (None, false) => rules.extend(everywhere(beside.act(), stages, written)),
            (Some(_), false) | (None, true) => {}
        }
    }
    rules
}

/// An act as what is fixed of it says, at every stage whose state lets it be; none where the end that it leads to has no
/// stage. More time is asked for where somebody can give it.
fn everywhere(act: CaseAct, stages: &[Stage], written: &[Marked<Rule>]) -> Option<Rule> {
    let terms = act.terms();
    let asks = matches!(act, CaseAct::RequestExtension | CaseAct::RefuseExtension);
    let extends = |key: &String| {
        written.iter().any(|rule| rule.value.act == CaseAct::Extend && rule.value.from.contains(key))
    };
    let from: Vec<String> = stages
        .iter()
        .filter(|stage| terms.from.contains(&stage.state) && (!asks || extends(&stage.key)))
        .map(|stage| stage.key.clone())
        .collect();
    if from.is_empty() {
        return None;
    }
    let end = stages.iter().find(|stage| terms.to.contains(&stage.state)).map(|stage| stage.key.clone());
    if end.is_none() && !terms.to.is_empty() {
        return None;
    }
    Some(Rule {
        act,
        label: None,
        from,
        to: end,
        who: terms.who.to_vec(),
        roles: BTreeSet::new(),
        tiers: BTreeSet::new(),
        organisations: vec![],
        requires: BTreeSet::new(),
        fields: BTreeSet::new(),
        optional_fields: BTreeSet::new(),
    })
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::Beside;
    use crate::programmes::act::CaseAct;
    use crate::programmes::vocabulary::CaseState;

    #[test]
    fn it_leads_to_an_end_at_most_bears_the_name_of_its_act_and_demands_no_line() {
        for beside in Beside::iter() {
            let act = beside.act();
            assert_eq!(<&str>::from(beside), <&str>::from(act));
            assert!(act.terms().to.iter().all(|state| !state.is_open()), "{act:?}");
            assert!(!act.terms().who.is_empty(), "{act:?}");
            // What leaves a case where it is may come after the closing: a return visit is made then too.
            let ends = !act.terms().to.is_empty();
            assert!(act.terms().from.iter().all(|state| state.is_open() || !ends), "{act:?}");
            let closed = act.terms().from.iter().filter(|state| !state.is_open());
            assert!(closed.copied().all(|state| state == CaseState::Closed), "{act:?}");
        }
        assert!(CaseAct::iter().filter(|act| Beside::iter().any(|beside| beside.act() == *act)).count() > 0);
    }
}
