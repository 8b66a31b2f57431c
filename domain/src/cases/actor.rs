//! What somebody is to a case, as a plain value computed from their scope and the facts of the case.

use crate::cases::model::{Assignee, Case, Post};
use crate::kernel::id::{AccountId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::{Permission, PermissionSet};
use crate::kernel::place::Place;
use crate::kernel::scope::{Held, Scope};
use crate::programmes::{Actor, Condition, Grant, Programme, Relation, Rule, SettlementLevel, Standing};

/// What a deployment bounds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Seconds after the closing in which a case may be reopened.
    pub(super) reopen_seconds: i64,
    /// How often a case may be extended.
    pub(super) extensions: u32,
}

/// Who the caller of `scope` is to a case that they see.
pub(super) fn actor(
    scope: &Scope,
    case: &Case,
    programme: &Programme,
    now: Timestamp,
    bounds: Bounds,
) -> Actor {
    let mut actor = somebody(scope, case);
    let top = case.level == SettlementLevel::District;
    if top || !actor.is(Relation::Assignee) || mutant::active(Mutant::OwnClock) {
        actor = actor.where_holds(Condition::NotHolder);
    }
    conditions(case, programme, scope.account(), now, bounds).into_iter().fold(actor, Actor::where_holds)
}

/// What the caller of `scope` is to a case that they see, whatever holds.
pub(super) fn somebody(scope: &Scope, case: &Case) -> Actor {
    standings(scope, case).into_iter().fold(Actor::default(), Actor::with)
}

/// Somebody who may do everything that the facts allow: for history that is told, not done.
pub(super) fn narrator(
    case: &Case,
    programme: &Programme,
    by: Option<AccountId>,
    at: Timestamp,
    bounds: Bounds,
) -> Actor {
    use strum::IntoEnumIterator as _;
    let everything = |relation| Standing { relation, permissions: Permission::iter().collect(), by: None };
    let actor = Relation::iter().map(everything).fold(Actor::default(), Actor::with);
    let actor = actor.where_holds(Condition::NotHolder);
    conditions(case, programme, by, at, bounds).into_iter().fold(actor, Actor::where_holds)
}

/// Somebody who is just this to a case.
pub(super) fn imagined(
    case: &Case,
    programme: &Programme,
    (standing, by): (Standing, AccountId),
    at: Timestamp,
    bounds: Bounds,
) -> Actor {
    let top = case.level == SettlementLevel::District;
    let holds = standing.relation == Relation::Assignee && !top;
    let actor = Actor::default().with(standing);
    let actor = if holds { actor } else { actor.where_holds(Condition::NotHolder) };
    conditions(case, programme, Some(by), at, bounds).into_iter().fold(actor, Actor::where_holds)
}

/// What the caller is to a case by each of their grants, and without one.
fn standings(scope: &Scope, case: &Case) -> Vec<Standing> {
    let watched = case.resolution.map_or(case.level, |resolution| resolution.post.level);
    let oversight = covering(scope, case, watched);
    let mut standings = vec![bare(Relation::Reader)];
    standings.extend(by_grants(Relation::Reader, case, scope.held()));
    standings.extend(holding(scope, case, Relation::Assignee, case.assignee));
    for assistant in case.assistants.iter().filter(|assistant| assistant.is_waited_for()) {
        standings.extend(holding(scope, case, Relation::Assistant, assistant.assignee));
    }
    standings.extend(by_grants(Relation::Territory, case, covering(scope, case, SettlementLevel::Grid)));
    let overseeing = oversight.iter().copied().filter(|held| oversees(held));
    standings.extend(by_grants(Relation::Oversight, case, overseeing));
    match (case.reporter_account, scope.account()) {
        (Some(reporter), Some(account)) if reporter == account => {
            standings.push(bare(Relation::Reporter));
            standings.extend(by_grants(Relation::Reporter, case, scope.held()));
        }
        (None, _) if scope.is_staff() => {
            standings.push(bare(Relation::Proxy));
            let all: Vec<&Held> = scope.held().iter().collect();
            let standing_in = if mutant::active(Mutant::NoProxyLimit) { all } else { oversight };
            standings.extend(by_grants(Relation::Proxy, case, standing_in));
        }
        _ => {}
    }
    if scope.is_system() {
        let unreported = case.reporter_account.is_none().then_some(Relation::Proxy);
        let by_itself =
            [Relation::Reader, Relation::Territory, Relation::Oversight].into_iter().chain(unreported);
        standings.extend(by_itself.map(|relation| Standing {
            relation,
            permissions: scope.permissions(),
            by: None,
        }));
    }
    if mutant::active(Mutant::MixedPosts) {
        for standing in &mut standings {
            standing.permissions = scope.permissions();
        }
    }
    standings
}

/// What the caller is to a case as somebody it lies with, or who assists: as that person, or for that office.
fn holding(scope: &Scope, case: &Case, relation: Relation, holder: Assignee) -> Vec<Standing> {
    match holder {
        Assignee::Account(account) if scope.account() == Some(account) => {
            let leading = scope.held().iter().filter(|held| leads_to(held, case));
            std::iter::once(bare(relation)).chain(by_grants(relation, case, leading)).collect()
        }
        Assignee::Account(_) => vec![],
        Assignee::Unit(_) | Assignee::Organisation(_) => {
            let represents = |held: &&Held| admits(held, case) && represented(held).contains(&holder);
            by_grants(relation, case, scope.held().iter().filter(represents)).collect()
        }
    }
}

/// Whether a grant is one by which a case can lie with its holder in person: it lets the case in, and covers the place or is of an office and
/// so of no place. What somebody may do elsewhere they may not do here.
fn leads_to(held: &Held, case: &Case) -> bool {
    let leads =
        admits(held, case) && (covered_level(held, &case.place).is_some() || held.organisation.is_some());
    leads || mutant::active(Mutant::PostsElsewhere)
}

/// As whom the caller assists with a case by a rule: as themselves, else for an office they handle cases for.
pub(super) fn assisting(scope: &Scope, rule: &Rule, case: &Case) -> Option<Assignee> {
    let allowed = |held: &Held| {
        held.permissions.holds(rule.act.permission()) && grant(held, case).suits(rule) && admits(held, case)
    };
    let assists = |assignee: &Assignee| match assignee {
        Assignee::Account(account) => scope.account() == Some(*account),
        Assignee::Unit(_) | Assignee::Organisation(_) => {
            scope.held().iter().any(|held| allowed(held) && represented(held).contains(assignee))
        }
    };
    let waited_for = case.assistants.iter().filter(|assistant| assistant.is_waited_for());
    // Accounts stand before units and organisations.
    waited_for.map(|assistant| assistant.assignee).filter(assists).min()
}

/// What only somebody does who answers for what others do.
const ANSWERING: [Permission; 8] = [
    Permission::CaseDispatch,
    Permission::CasePause,
    Permission::CaseExtend,
    Permission::CaseSupervise,
    Permission::CaseVerify,
    Permission::CaseSendBack,
    Permission::CaseClose,
    Permission::CaseVoid,
];

/// Whether a grant answers for what others do where it covers: a worker of a grid does not oversee the colleague beside
/// them.
fn oversees(held: &Held) -> bool {
    ANSWERING.into_iter().any(|permission| held.permissions.holds(permission))
        || mutant::active(Mutant::EverybodyOversees)
}

/// Somebody who is this to a case whatever they hold.
fn bare(relation: Relation) -> Standing {
    Standing { relation, permissions: PermissionSet::default(), by: None }
}

fn by_grants<'a>(
    relation: Relation,
    case: &'a Case,
    grants: impl IntoIterator<Item = &'a Held>,
) -> impl Iterator<Item = Standing> {
    grants.into_iter().map(move |held| Standing {
        relation,
        permissions: held.permissions,
        by: Some(grant(held, case)),
    })
}

/// What a programme can ask of a grant before a case: one that has nothing to do with the case suits no limit.
fn grant(held: &Held, case: &Case) -> Grant {
    let tier = covered_level(held, &case.place).filter(|_| admits(held, case));
    let concerned = tier.is_some() || held.organisation.is_some();
    Grant { role: concerned.then_some(held.role), tier, organisation: held.organisation }
}

fn conditions(
    case: &Case,
    programme: &Programme,
    by: Option<AccountId>,
    now: Timestamp,
    bounds: Bounds,
) -> Vec<Condition> {
    let at_stage = programme.stage(&case.stage).and_then(|stage| stage.limit);
    let own_result = case.resolution.is_some_and(|result| result.by.is_some() && result.by == by);
    let window_open = case.closed_at.is_some_and(|closed| now <= closed.plus_seconds(bounds.reopen_seconds));
    let evaluation_open = case.evaluable_until.is_none_or(|until| now <= until);
    [
        (Condition::HasGiver, !case.givers.is_empty()),
        (Condition::HasLevelAbove, case.level < SettlementLevel::District),
        (Condition::HasLevelBelow, case.level > SettlementLevel::Grid),
        (Condition::NotOwnResult, !own_result || mutant::active(Mutant::OwnJudge)),
        (Condition::WindowOpen, window_open),
        (Condition::NotEvaluated, case.evaluation.is_none()),
        (Condition::EvaluationOpen, evaluation_open || mutant::active(Mutant::NoEvaluationEnd)),
        (Condition::Running, case.paused_at().is_none() || mutant::active(Mutant::NoStandstill)),
        (Condition::Paused, case.paused_at().is_some()),
        (Condition::HasAccount, by.is_some()),
        (Condition::NoRequest, case.request.is_none()),
        (Condition::HasRequest, case.request.is_some()),
        (Condition::HasLimit, case.limit.is_some() || at_stage.is_some()),
        (
            Condition::ExtensionLeft,
            case.extensions < bounds.extensions || mutant::active(Mutant::NoExtensionLimit),
        ),
    ]
    .into_iter()
    .filter_map(|(condition, holds)| holds.then_some(condition))
    .collect()
}

/// The grants that cover the case's place at `least` or a higher level.
fn covering<'a>(scope: &'a Scope, case: &Case, least: SettlementLevel) -> Vec<&'a Held> {
    let covers = |held: &&Held| {
        admits(held, case) && covered_level(held, &case.place).is_some_and(|level| level >= least)
    };
    scope.held().iter().filter(covers).collect()
}

/// Whether a grant's categories and ceiling let the case in.
pub(super) fn admits(held: &Held, case: &Case) -> bool {
    case.sensitivity <= held.ceiling
        && held.categories.as_ref().is_none_or(|categories| categories.contains(&case.category))
}

/// The level at which a grant covers a place: that of its own target, not of the place.
pub(super) fn covered_level(held: &Held, place: &Place) -> Option<SettlementLevel> {
    let territory = &held.territory;
    if territory.district {
        Some(SettlementLevel::District)
    } else if place.town.is_some_and(|town| territory.towns.contains(&town)) {
        Some(SettlementLevel::Town)
    } else if place.village.is_some_and(|village| territory.villages.contains(&village)) {
        Some(SettlementLevel::Village)
    } else {
        place.grid.filter(|grid| territory.grids.contains(grid)).map(|_| SettlementLevel::Grid)
    }
}

/// Whom the holder of a grant handles cases for.
fn represented(held: &Held) -> Vec<Assignee> {
    let units = held.handled_units().into_iter().map(Assignee::Unit);
    units.chain(held.handled_organisation().map(Assignee::Organisation)).collect()
}

/// Whether a grant of the caller that allows something and is about cases lets the case in and is what makes it theirs: it covers the place, represents the office that the
/// case lies with, or, for whoever the case lies with in person, is of an office and so of no place.
pub(super) fn allowed_by_own_grant(scope: &Scope, permission: Permission, case: &Case) -> bool {
    let in_person = scope.account().map(Assignee::Account) == Some(case.assignee);
    let reaches = |held: &Held| {
        covered_level(held, &case.place).is_some()
            || represented(held).contains(&case.assignee)
            || (in_person && leads_to(held, case))
    };
    let of_cases = [Permission::CaseRead, Permission::CaseHandle];
    let allows = |held: &Held| {
        held.permissions.holds(permission)
            && of_cases.into_iter().any(|of_case| held.permissions.holds(of_case))
            && admits(held, case)
            && reaches(held)
    };
    scope.held().iter().any(allows)
}

/// The highest level at which a grant of the caller allows something at a case's place.
pub(super) fn acting_level(scope: &Scope, permission: Permission, case: &Case) -> Option<SettlementLevel> {
    scope
        .held()
        .iter()
        .filter(|held| held.permissions.holds(permission) && admits(held, case))
        .filter_map(|held| covered_level(held, &case.place))
        .max()
}

/// As what the caller does something to a case that does not lie with them: as the unit they handle
/// cases for, else as themselves, by the nearest grant by which the rule lets them.
pub(super) fn acting_post(scope: &Scope, rule: &Rule, case: &Case) -> Option<Post> {
    scope
        .held()
        .iter()
        .filter(|held| held.permissions.holds(rule.act.permission()) && admits(held, case))
        .filter(|held| grant(held, case).suits(rule))
        .filter_map(|held| Some((covered_level(held, &case.place)?, held)))
        .min_by_key(|(level, _)| *level)
        .and_then(|(level, held)| {
            let unit = held.unit.filter(|_| held.permissions.holds(Permission::CaseHandle));
            let assignee = unit.map(Assignee::Unit).or(scope.account().map(Assignee::Account))?;
            Some(Post { assignee, level })
        })
}

#[cfg(test)]
mod tests {
    use super::ANSWERING;
    use crate::identity::Role;
    use crate::kernel::permission::Permission;

    /// Supervising is answering for what others do; nobody oversees a case by it alone.
    #[test]
    fn whoever_supervises_directs_as_well() {
        let supervising = |role: &Role| role.permissions().holds(Permission::CaseSupervise);
        for role in Role::all().filter(supervising) {
            let others = ANSWERING.into_iter().filter(|permission| *permission != Permission::CaseSupervise);
            assert!(
                others.into_iter().all(|permission| role.permissions().holds(permission)),
                "{}",
                role.key()
            );
        }
    }
}
