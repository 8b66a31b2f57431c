//! Who may do what at each stage of every programme that ships, as a readable snapshot: a change of a file, of what is
//! fixed of an act, or of a role's permissions shows here before it shows in a district.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use fengqiao_domain::identity::Role;
use fengqiao_domain::programmes::{
    Actor, CaseAct, CaseState, Condition, Grant, Programme, Relation, SettlementLevel, Standing, judge, read,
    templates,
};
use strum::IntoEnumIterator as _;

/// Somebody who is this to a case by one grant of a role, where everything holds.
fn holder(relation: Relation, role: Role, tier: Option<SettlementLevel>) -> Actor {
    let by = Some(Grant { role: Some(role.key()), tier, organisation: None });
    let actor = Actor::default().with(Standing { relation, permissions: role.permissions(), by });
    Condition::iter().fold(actor, Actor::where_holds)
}

/// Who may: nothing where nobody may, the relation alone where every role that is allowed the act may at every level.
fn who(
    programme: &Programme,
    at: (CaseState, &str),
    act: (CaseAct, Option<&str>),
    relation: Relation,
) -> Option<(String, String)> {
    let holders: Vec<Role> =
        Role::iter().filter(|role| role.permissions().holds(act.0.permission())).collect();
    let (mut roles, mut tiers, mut to) = (BTreeSet::new(), BTreeSet::new(), None);
    for role in &holders {
        for tier in SettlementLevel::iter() {
            if let Ok(verdict) = judge(at, act, &holder(relation, *role, Some(tier)), programme) {
                roles.insert(*role);
                tiers.insert(tier);
                to = Some(verdict.stage);
            }
        }
    }
    let mut told = <&str>::from(relation).to_owned();
    if roles.len() < holders.len() {
        let names: Vec<&str> = roles.iter().map(|role| role.key()).collect();
        let _ = write!(told, "[{}]", names.join(" "));
    }
    if tiers.len() < SettlementLevel::iter().count() {
        let names: Vec<&str> = tiers.iter().map(|tier| (*tier).into()).collect();
        let _ = write!(told, "@{}", names.join(","));
    }
    Some((to?, told))
}

fn matrix(programme: &Programme) -> String {
    let mut lines = String::new();
    for stage in &programme.stages {
        let _ = writeln!(lines, "{} ({})", stage.key, <&str>::from(stage.state));
        for act in CaseAct::iter() {
            let stages = programme.stages.iter().map(|stage| Some(stage.key.as_str()));
            let toward: Vec<Option<&str>> = if act.names_stage() { stages.collect() } else { vec![None] };
            for toward in toward {
                let at = (stage.state, stage.key.as_str());
                let allowed: Vec<(String, String)> = Relation::iter()
                    .filter_map(|relation| who(programme, at, (act, toward), relation))
                    .collect();
                let targets: BTreeSet<&String> = allowed.iter().map(|(to, _)| to).collect();
                for to in targets {
                    let people: Vec<&str> =
                        allowed.iter().filter(|(own, _)| own == to).map(|(_, told)| told.as_str()).collect();
                    let _ = writeln!(lines, "  {} > {to}: {}", <&str>::from(act), people.join(" "));
                }
            }
        }
    }
    lines
}

#[test]
fn who_may_do_what_is_what_was_looked_at() -> anyhow::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("it/programmes/matrices");
    let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("matrices");
    std::fs::create_dir_all(&fresh)?;
    let mut changed = vec![];
    for (key, text) in templates() {
        let programme = read(text).ok().with_context(|| (*key).to_owned())?;
        let (matrix, name) = (matrix(&programme), format!("{key}.txt"));
        if std::fs::read_to_string(folder.join(&name)).unwrap_or_default() != matrix {
            std::fs::write(fresh.join(&name), matrix)?;
            changed.push(name);
        }
    }
    ensure!(changed.is_empty(), "look at what changed, then copy {changed:?} from {}", fresh.display());
    Ok(())
}
