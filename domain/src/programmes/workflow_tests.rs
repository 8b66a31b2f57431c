use std::fmt::Write as _;
use std::sync::Arc;

use strum::IntoEnumIterator as _;

use super::{Why, available, judge};
use crate::kernel::permission::{Permission, PermissionSet};
use crate::programmes::act::CaseAct;
use crate::programmes::actor::{Actor, Grant, Standing};
use crate::programmes::model::Programme;
use crate::programmes::reading::read;
use crate::programmes::shipped::templates;
use crate::programmes::vocabulary::{CaseState, Condition, Relation, SettlementLevel};

fn everything() -> PermissionSet {
    Permission::iter().collect()
}

fn standing(relation: Relation, permissions: PermissionSet) -> Standing {
    Standing { relation, permissions, by: None }
}

/// Somebody who is one thing to the case and may do everything as that.
fn only(relation: Relation) -> Actor {
    Condition::iter().fold(Actor::default().with(standing(relation, everything())), Actor::where_holds)
}

fn bare() -> Actor {
    Relation::iter().fold(Actor::default(), |actor, relation| actor.with(standing(relation, everything())))
}

fn anyone() -> Actor {
    Condition::iter().fold(bare(), Actor::where_holds)
}

/// The stages of the shipped programme with their states.
fn places(programme: &Programme) -> Vec<(CaseState, &str)> {
    programme.stages.iter().map(|stage| (stage.state, stage.key.as_str())).collect()
}

/// A stage of the shipped programme.
fn at<'a>(programme: &'a Programme, key: &str) -> (CaseState, &'a str) {
    let stage = programme.stage(key).unwrap();
    (stage.state, &stage.key)
}

/// One line per stage: the acts that are possible at all, and where they lead.
const MATRIX: &str = "\
discovery: accept>acceptance reject>rejected return>acceptance urge>discovery supervise>discovery instruct>discovery take_charge>discovery change_category>discovery comment>discovery withdraw>withdrawn merge>merged void>voided
acceptance: dispatch>triage start>handling transfer>triage return>acceptance hand_up>acceptance send_down>triage pause>acceptance resume>acceptance extend>acceptance request_extension>acceptance refuse_extension>acceptance co_handle>acceptance assist>acceptance urge>acceptance supervise>acceptance instruct>acceptance take_charge>acceptance change_category>acceptance comment>acceptance withdraw>withdrawn merge>merged void>voided
triage: dispatch>triage start>handling transfer>triage return>acceptance hand_up>acceptance send_down>triage step_back>acceptance pause>triage resume>triage extend>triage request_extension>triage refuse_extension>triage co_handle>triage assist>triage urge>triage supervise>triage instruct>triage take_charge>triage change_category>triage comment>triage withdraw>withdrawn merge>merged void>voided
handling: dispatch>triage transfer>triage return>acceptance hand_up>acceptance send_down>triage step_back>acceptance step_back>triage pause>handling resume>handling extend>handling request_extension>handling refuse_extension>handling co_handle>handling assist>handling urge>handling supervise>handling instruct>handling take_charge>handling change_category>handling comment>handling complete>feedback merge>merged void>voided
feedback: assist>feedback urge>feedback supervise>feedback instruct>feedback take_charge>feedback comment>feedback verify>verification send_back>handling return_visit>feedback void>voided
verification: assist>verification urge>verification supervise>verification instruct>verification take_charge>verification comment>verification send_back>handling close>closing return_visit>verification void>voided
closing: comment>closing evaluate>evaluation return_visit>closing reopen>handling
evaluation: comment>evaluation evaluate>evaluation return_visit>evaluation reopen>handling
rejected:
withdrawn:
merged:
voided:
";

#[test]
fn the_matrix_of_stages_and_acts_is_this() {
    let programme = Programme::base();
    let mut matrix = String::new();
    for place in places(&programme) {
        matrix.push_str(place.1);
        matrix.push(':');
        for verdict in available(place, &anyone(), &programme) {
            let _ = write!(matrix, " {}>{}", <&'static str>::from(verdict.act), verdict.stage);
        }
        matrix.push('\n');
    }
    assert_eq!(matrix, MATRIX);
}

/// One line per relation: the acts that it opens, whatever the stage.
const RELATIONS: &str = "\
assignee: accept reject dispatch start transfer return hand_up send_down step_back resume request_extension co_handle change_category complete merge
assistant: assist
territory: accept reject urge instruct take_charge return_visit
oversight: dispatch send_down step_back pause resume extend refuse_extension co_handle urge supervise change_category verify send_back close return_visit reopen merge void
reporter: urge evaluate reopen withdraw
proxy: urge evaluate withdraw
reader: comment
";

#[test]
fn each_relation_opens_these_acts() {
    let programme = Programme::base();
    let mut lines = String::new();
    for relation in Relation::iter() {
        lines.push_str(relation.into());
        lines.push(':');
        let actor = only(relation);
        let opened: Vec<CaseAct> = places(&programme)
            .into_iter()
            .flat_map(|place| available(place, &actor, &programme))
            .map(|verdict| verdict.act)
            .collect();
        for act in CaseAct::iter().filter(|act| opened.contains(act)) {
            lines.push(' ');
            lines.push_str(act.into());
        }
        lines.push('\n');
    }
    assert_eq!(lines, RELATIONS);
}

#[test]
fn what_is_available_is_exactly_what_would_be_done() {
    let programme = Programme::base();
    let permissions: Vec<PermissionSet> = std::iter::once(PermissionSet::default())
        .chain(CaseAct::iter().map(|act| PermissionSet::default().with(act.permission())))
        .chain(std::iter::once(everything()))
        .collect();
    for relation in Relation::iter() {
        for held in &permissions {
            for left_out in Condition::iter() {
                let actor = Condition::iter()
                    .filter(|condition| *condition != left_out)
                    .fold(Actor::default().with(standing(relation, *held)), Actor::where_holds);
                for place in places(&programme) {
                    let toward = |act: CaseAct| -> Vec<Option<&str>> {
                        let stages = programme.stages.iter().map(|stage| Some(stage.key.as_str()));
                        if act.names_stage() { stages.collect() } else { vec![None] }
                    };
                    let done: Vec<CaseAct> = CaseAct::iter()
                        .flat_map(|act| toward(act).into_iter().map(move |toward| (act, toward)))
                        .filter(|act| judge(place, *act, &actor, &programme).is_ok())
                        .map(|(act, _)| act)
                        .collect();
                    let offered: Vec<CaseAct> =
                        available(place, &actor, &programme).iter().map(|verdict| verdict.act).collect();
                    assert_eq!(offered, done);
                }
            }
        }
    }
}

#[test]
fn a_refusal_says_what_is_missing() {
    let programme = Programme::base();
    let why = |stage, act, actor: &Actor| {
        judge(at(&programme, stage), (act, None), actor, &programme).unwrap_err().why
    };

    assert_eq!(why("closing", CaseAct::Start, &anyone()), Why::State);
    assert_eq!(why("acceptance", CaseAct::Start, &only(Relation::Territory)), Why::Relation);
    let powerless = Actor::default().with(standing(Relation::Assignee, PermissionSet::default()));
    assert_eq!(why("acceptance", CaseAct::Start, &powerless), Why::Permission);
    for (stage, act, condition) in [
        ("acceptance", CaseAct::Start, Condition::Running),
        ("acceptance", CaseAct::Resume, Condition::Paused),
        ("acceptance", CaseAct::Pause, Condition::NotHolder),
        ("acceptance", CaseAct::Extend, Condition::NotHolder),
        ("feedback", CaseAct::Verify, Condition::NotOwnResult),
        ("closing", CaseAct::Reopen, Condition::WindowOpen),
        ("closing", CaseAct::Evaluate, Condition::NotEvaluated),
        ("feedback", CaseAct::ReturnVisit, Condition::NotOwnResult),
        ("handling", CaseAct::Urge, Condition::Running),
        ("handling", CaseAct::Supervise, Condition::NotHolder),
        ("discovery", CaseAct::TakeCharge, Condition::HasAccount),
        ("handling", CaseAct::RequestExtension, Condition::Running),
        ("handling", CaseAct::CoHandle, Condition::Running),
        ("feedback", CaseAct::Assist, Condition::Running),
        ("handling", CaseAct::RefuseExtension, Condition::NotHolder),
    ] {
        assert_eq!(why(stage, act, &bare()), Why::Condition(condition), "{act:?}");
    }
    let above = bare().where_holds(Condition::NotHolder);
    assert_eq!(why("acceptance", CaseAct::Pause, &above), Why::Condition(Condition::Running));
    assert_eq!(why("acceptance", CaseAct::Extend, &above), Why::Condition(Condition::HasLimit));
    let limited = above.clone().where_holds(Condition::HasLimit);
    assert_eq!(why("acceptance", CaseAct::Extend, &limited), Why::Condition(Condition::ExtensionLeft));
    assert_eq!(why("handling", CaseAct::RefuseExtension, &above), Why::Condition(Condition::HasRequest));
    let unevaluated = bare().where_holds(Condition::NotEvaluated);
    assert_eq!(why("closing", CaseAct::Evaluate, &unevaluated), Why::Condition(Condition::EvaluationOpen));
    let running = bare().where_holds(Condition::Running);
    let extensible = running.clone().where_holds(Condition::HasLimit).where_holds(Condition::ExtensionLeft);
    assert_eq!(why("handling", CaseAct::RequestExtension, &extensible), Why::Condition(Condition::NoRequest));
    for (stage, act, condition) in [
        ("handling", CaseAct::Return, Condition::HasGiver),
        ("handling", CaseAct::HandUp, Condition::HasLevelAbove),
        ("acceptance", CaseAct::SendDown, Condition::HasLevelBelow),
    ] {
        assert_eq!(why(stage, act, &running), Why::Condition(condition), "{act:?}");
    }
}

#[test]
fn nobody_asks_about_their_own_work_or_closes_it_unchecked() {
    let programme = Programme::base();
    let own = |relation| {
        Condition::iter()
            .filter(|condition| *condition != Condition::NotOwnResult)
            .fold(Actor::default().with(standing(relation, everything())), Actor::where_holds)
    };
    let evaluate =
        |relation| judge(at(&programme, "closing"), (CaseAct::Evaluate, None), &own(relation), &programme);
    assert!(evaluate(Relation::Reporter).is_ok());
    assert_eq!(evaluate(Relation::Proxy).unwrap_err().why, Why::Condition(Condition::NotOwnResult));

    let mut direct = Programme::clone(&programme);
    for rule in direct.rules.iter_mut().filter(|rule| rule.act == CaseAct::Close) {
        rule.from.push("feedback".to_owned());
    }
    let close = |stage| judge(at(&direct, stage), (CaseAct::Close, None), &own(Relation::Oversight), &direct);
    assert!(close("verification").is_ok(), "somebody else has checked");
    assert_eq!(close("feedback").unwrap_err().why, Why::Condition(Condition::NotOwnResult));
}

/// A rule asks of one and the same grant that it allows the act, and has the role, the level and the organisation.
#[test]
fn a_rule_can_be_for_a_role_a_level_and_an_organisation() {
    let mut programme = Programme::clone(&Programme::base());
    for rule in programme.rules.iter_mut().filter(|rule| rule.act == CaseAct::Close) {
        rule.roles = [crate::identity::Role::DistrictCommander].into();
        rule.tiers = [SettlementLevel::District].into();
    }
    let by = |role, tier, permissions| Standing {
        relation: Relation::Oversight,
        permissions,
        by: Some(Grant { role: Some(role), tier, organisation: None }),
    };
    let close = |standings: Vec<Standing>| {
        let actor = standings.into_iter().fold(Actor::default(), Actor::with);
        let actor = Condition::iter().fold(actor, Actor::where_holds);
        judge(at(&programme, "verification"), (CaseAct::Close, None), &actor, &programme).is_ok()
    };
    let (district, town) = (Some(SettlementLevel::District), Some(SettlementLevel::Town));
    assert!(close(vec![by("district_commander", district, everything())]));
    assert!(!close(vec![by("district_commander", town, everything())]), "another level");
    assert!(!close(vec![by("district_dispatcher", district, everything())]), "another role");
    let idle = by("district_commander", district, PermissionSet::default());
    assert!(!close(vec![idle, by("district_dispatcher", district, everything())]), "two grants are not one");
    assert!(close(vec![standing(Relation::Oversight, everything())]), "the system itself needs no grant");
}

#[test]
fn every_shipped_programme_keeps_every_rule() {
    for (key, text) in templates() {
        let programme = read(text).unwrap_or_else(|faults| panic!("{key}: {faults:?}"));
        assert_eq!(programme.key, *key);
    }
    assert_eq!(Arc::clone(&Programme::base()).key, "grid_event");
    for act in CaseAct::iter().filter(|act| *act != CaseAct::Advance) {
        assert!(Programme::base().rules_of(act).next().is_some(), "{act:?}");
    }
}
