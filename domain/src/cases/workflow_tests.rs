use std::collections::BTreeSet;
use std::fmt::Write as _;

use strum::IntoEnumIterator as _;

use super::{Programme, Why, available, next};
use crate::cases::act::CaseAct;
use crate::cases::actor::{Actor, Condition, Relation};
use crate::cases::model::CaseState;
use crate::cases::rules::RULES;
use crate::kernel::permission::{Permission, PermissionSet};

fn everything() -> PermissionSet {
    Permission::iter().collect()
}

/// Somebody who is one thing to the case and may do everything as that.
fn only(relation: Relation) -> Actor {
    Condition::iter().fold(Actor::default().with(relation, everything()), Actor::where_holds)
}

fn anyone() -> Actor {
    Relation::iter().fold(only(Relation::Reader), |actor, relation| actor.with(relation, everything()))
}

/// One line per state: the acts that are possible at all, and where they lead.
const MATRIX: &str = "\
reported: accept>accepted reject>rejected comment>reported withdraw>withdrawn void>voided
accepted: dispatch>dispatched start>handling transfer>dispatched return>accepted hand_up>accepted send_down>dispatched pause>accepted resume>accepted extend>accepted comment>accepted withdraw>withdrawn void>voided
dispatched: dispatch>dispatched start>handling transfer>dispatched return>accepted hand_up>accepted send_down>dispatched pause>dispatched resume>dispatched extend>dispatched comment>dispatched withdraw>withdrawn void>voided
handling: dispatch>dispatched transfer>dispatched return>accepted hand_up>accepted send_down>dispatched pause>handling resume>handling extend>handling comment>handling complete>resolved void>voided
resolved: comment>resolved verify>verified send_back>handling void>voided
verified: comment>verified send_back>handling close>closed void>voided
closed: comment>closed evaluate>closed reopen>handling
rejected:
withdrawn:
merged:
voided:
";

#[test]
fn the_matrix_of_states_and_acts_is_this() {
    let programme = Programme::default();
    let mut matrix = String::new();
    for state in CaseState::iter() {
        matrix.push_str(state.into());
        matrix.push(':');
        for act in CaseAct::iter() {
            if let Ok(to) = next(state, act, &anyone(), &programme) {
                let (act, to): (&str, &str) = (act.into(), to.into());
                let _ = write!(matrix, " {act}>{to}");
            }
        }
        matrix.push('\n');
    }
    assert_eq!(matrix, MATRIX);
}

/// One line per relation: the acts that it opens, whatever the state.
const RELATIONS: &str = "\
Assignee: accept reject dispatch start transfer return hand_up send_down resume complete
Territory: accept reject
Oversight: dispatch send_down pause resume extend verify send_back close reopen void
Reporter: evaluate reopen withdraw
Proxy: evaluate withdraw
Reader: comment
";

#[test]
fn each_relation_opens_these_acts() {
    let programme = Programme::default();
    let mut lines = String::new();
    for relation in Relation::iter() {
        lines.push_str(relation.into());
        lines.push(':');
        for act in CaseAct::iter() {
            if CaseState::iter().any(|state| next(state, act, &only(relation), &programme).is_ok()) {
                lines.push(' ');
                lines.push_str(act.into());
            }
        }
        lines.push('\n');
    }
    assert_eq!(lines, RELATIONS);
}

#[test]
fn every_state_is_reached_but_the_merged_which_waits_for_its_act() {
    let programme = Programme::default();
    let mut reached = BTreeSet::from([CaseState::Reported]);
    loop {
        let more: BTreeSet<CaseState> = reached
            .iter()
            .flat_map(|state| CaseAct::iter().filter_map(|act| next(*state, act, &anyone(), &programme).ok()))
            .collect();
        if more.is_subset(&reached) {
            break;
        }
        reached.extend(more);
    }
    let missing: Vec<CaseState> = CaseState::iter().filter(|state| !reached.contains(state)).collect();
    assert_eq!(missing, [CaseState::Merged]);
}

#[test]
fn an_open_case_is_never_at_a_dead_end_and_an_ended_one_never_moves_on_by_itself() {
    let programme = Programme::default();
    for state in CaseState::iter() {
        let leaves = available(state, &anyone(), &programme)
            .into_iter()
            .any(|rule| rule.to.is_some_and(|to| to != state));
        assert_eq!(leaves, state.is_open() || state == CaseState::Closed, "{state:?}");
    }
}

#[test]
fn what_is_available_is_exactly_what_would_be_done() {
    let programme = Programme::default();
    let permissions: Vec<PermissionSet> = std::iter::once(PermissionSet::default())
        .chain(RULES.iter().map(|rule| PermissionSet::default().with(rule.permission)))
        .chain(std::iter::once(everything()))
        .collect();
    for relation in Relation::iter() {
        for held in &permissions {
            for left_out in Condition::iter() {
                let actor = Condition::iter()
                    .filter(|condition| *condition != left_out)
                    .fold(Actor::default().with(relation, *held), Actor::where_holds);
                for state in CaseState::iter() {
                    let done: Vec<CaseAct> =
                        CaseAct::iter().filter(|act| next(state, *act, &actor, &programme).is_ok()).collect();
                    let offered: Vec<CaseAct> =
                        available(state, &actor, &programme).iter().map(|rule| rule.act).collect();
                    assert_eq!(offered, done);
                }
            }
        }
    }
}

#[test]
fn a_refusal_says_what_is_missing() {
    let programme = Programme::default();
    let why = |state, act, actor: &Actor| next(state, act, actor, &programme).unwrap_err().why;

    assert_eq!(why(CaseState::Closed, CaseAct::Start, &anyone()), Why::State);
    assert_eq!(why(CaseState::Accepted, CaseAct::Start, &only(Relation::Territory)), Why::Relation);
    let powerless = Actor::default().with(Relation::Assignee, PermissionSet::default());
    assert_eq!(why(CaseState::Accepted, CaseAct::Start, &powerless), Why::Permission);
    let bare = Relation::iter().fold(Actor::default(), |actor, relation| actor.with(relation, everything()));
    for (state, act, condition) in [
        (CaseState::Accepted, CaseAct::Start, Condition::Running),
        (CaseState::Accepted, CaseAct::Resume, Condition::Paused),
        (CaseState::Accepted, CaseAct::Pause, Condition::NotHolder),
        (CaseState::Accepted, CaseAct::Extend, Condition::NotHolder),
        (CaseState::Resolved, CaseAct::Verify, Condition::NotOwnResult),
        (CaseState::Closed, CaseAct::Reopen, Condition::WindowOpen),
        (CaseState::Closed, CaseAct::Evaluate, Condition::NotEvaluated),
    ] {
        assert_eq!(why(state, act, &bare), Why::Condition(condition), "{act:?}");
    }
    let above = bare.clone().where_holds(Condition::NotHolder);
    assert_eq!(why(CaseState::Accepted, CaseAct::Pause, &above), Why::Condition(Condition::Running));
    assert_eq!(why(CaseState::Accepted, CaseAct::Extend, &above), Why::Condition(Condition::HasLimit));
    let limited = above.where_holds(Condition::HasLimit);
    assert_eq!(why(CaseState::Accepted, CaseAct::Extend, &limited), Why::Condition(Condition::ExtensionLeft));
    let running = bare.where_holds(Condition::Running);
    for (state, act, condition) in [
        (CaseState::Handling, CaseAct::Return, Condition::HasGiver),
        (CaseState::Handling, CaseAct::HandUp, Condition::HasLevelAbove),
        (CaseState::Accepted, CaseAct::SendDown, Condition::HasLevelBelow),
    ] {
        assert_eq!(why(state, act, &running), Why::Condition(condition), "{act:?}");
    }
}

#[test]
fn every_act_has_a_rule_and_every_state_on_the_way_a_stage() {
    let programme = Programme::default();
    for act in CaseAct::iter() {
        assert!(programme.permission(act).is_some(), "{act:?}");
    }
    let names: Vec<&str> = programme.stages.iter().map(|label| label.name_zh).collect();
    assert_eq!(names, ["发现", "受理", "分流", "处置", "反馈", "核查", "结案", "评价"]);
    for state in CaseState::iter() {
        assert_eq!(programme.stage(state).is_some(), state.is_open() || state == CaseState::Closed);
    }
}
