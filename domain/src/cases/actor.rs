//! What somebody is to a case, as a plain value computed from their scope and the facts of the case.

use std::collections::{BTreeMap, BTreeSet};

use crate::cases::model::{Assignee, Case, Post, SettlementLevel};
use crate::kernel::id::{AccountId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::{Permission, PermissionSet};
use crate::kernel::place::Place;
use crate::kernel::scope::{Held, Scope};

/// What an actor is to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumIter, strum::IntoStaticStr)]
pub enum Relation {
    /// The case lies with them: with their account, or with a unit or organisation they handle cases for.
    Assignee,
    /// They answer for the place where it occurred.
    Territory,
    /// They answer for the place, at the level the case is at (or was settled at) or above.
    Oversight,
    /// They reported it.
    Reporter,
    /// They answer for it as [`Relation::Oversight`] does, and the reporter has no account to act with.
    Proxy,
    /// They see it.
    Reader,
}

/// A fact that an act may demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumIter, strum::IntoStaticStr)]
pub enum Condition {
    /// Somebody gave the case and can get it back.
    HasGiver,
    /// There is a level above the present one.
    HasLevelAbove,
    /// There is a level below the present one.
    HasLevelBelow,
    /// Somebody else reported the result.
    NotOwnResult,
    /// The case was closed no longer ago than it may be reopened.
    WindowOpen,
    /// It was not evaluated since it was closed.
    NotEvaluated,
    /// It does not stand still.
    Running,
    /// It stands still.
    Paused,
    /// It has a limit.
    HasLimit,
    /// It was not extended as often as it may be.
    ExtensionLeft,
    /// It lies with somebody else, or nobody is above whoever it lies with.
    NotHolder,
}

/// Somebody before a case: what they may do as what, and the facts that count.
#[derive(Clone, Debug, Default)]
pub struct Actor {
    allowed: BTreeMap<Relation, PermissionSet>,
    met: BTreeSet<Condition>,
}

impl Actor {
    /// The same actor, who may do this as that.
    #[must_use]
    pub fn with(mut self, relation: Relation, permissions: PermissionSet) -> Self {
        self.allowed.insert(relation, permissions);
        self
    }

    /// The same actor, where this holds.
    #[must_use]
    pub fn where_holds(mut self, condition: Condition) -> Self {
        self.met.insert(condition);
        self
    }

    /// Whether they are this to the case.
    #[must_use]
    pub fn is(&self, relation: Relation) -> bool {
        self.allowed.contains_key(&relation)
    }

    /// Whether they may do something as this.
    #[must_use]
    pub fn may(&self, relation: Relation, permission: Permission) -> bool {
        self.allowed.get(&relation).is_some_and(|set| set.holds(permission))
    }

    /// Whether something holds.
    #[must_use]
    pub fn meets(&self, condition: Condition) -> bool {
        self.met.contains(&condition)
    }
}

/// What a deployment bounds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Seconds after the closing in which a case may be reopened.
    pub(super) reopen_seconds: i64,
    /// How often a case may be extended.
    pub(super) extensions: u32,
}

/// Who the caller of `scope` is to a case that they see.
pub(super) fn actor(scope: &Scope, case: &Case, now: Timestamp, bounds: Bounds) -> Actor {
    let everywhere = scope.permissions();
    let mut actor = Actor::default().with(Relation::Reader, everywhere);
    if let Some(permissions) = as_assignee(scope, case) {
        actor = actor.with(Relation::Assignee, permissions);
    }
    if let Some(permissions) = covering(scope, case, SettlementLevel::Grid) {
        actor = actor.with(Relation::Territory, permissions);
    }
    let watched = case.resolution.map_or(case.level, |resolution| resolution.post.level);
    let oversight = covering(scope, case, watched);
    if let Some(permissions) = oversight {
        actor = actor.with(Relation::Oversight, permissions);
    }
    match (case.reporter_account, scope.account()) {
        (Some(reporter), Some(account)) if reporter == account => {
            actor = actor.with(Relation::Reporter, everywhere);
        }
        (None, _) if scope.is_staff() => {
            let standing_in = if mutant::active(Mutant::NoProxyLimit) { Some(everywhere) } else { oversight };
            actor = actor.with(Relation::Proxy, standing_in.unwrap_or_default());
        }
        _ => {}
    }
    let top = case.level == SettlementLevel::District;
    if top || !actor.is(Relation::Assignee) || mutant::active(Mutant::OwnClock) {
        actor = actor.where_holds(Condition::NotHolder);
    }
    conditions(case, scope.account(), now, bounds).into_iter().fold(actor, Actor::where_holds)
}

/// Somebody who may do everything that the facts allow: for history that is told, not done.
pub(super) fn narrator(case: &Case, by: Option<AccountId>, at: Timestamp, bounds: Bounds) -> Actor {
    use strum::IntoEnumIterator as _;
    let everything: PermissionSet = Permission::iter().collect();
    let actor = Relation::iter().fold(Actor::default(), |actor, relation| actor.with(relation, everything));
    let actor = actor.where_holds(Condition::NotHolder);
    conditions(case, by, at, bounds).into_iter().fold(actor, Actor::where_holds)
}

fn conditions(case: &Case, by: Option<AccountId>, now: Timestamp, bounds: Bounds) -> Vec<Condition> {
    let own_result = case.resolution.is_some_and(|result| result.by.is_some() && result.by == by);
    let window_open = case.closed_at.is_some_and(|closed| now <= closed.plus_seconds(bounds.reopen_seconds));
    [
        (Condition::HasGiver, !case.givers.is_empty()),
        (Condition::HasLevelAbove, case.level < SettlementLevel::District),
        (Condition::HasLevelBelow, case.level > SettlementLevel::Grid),
        (Condition::NotOwnResult, !own_result || mutant::active(Mutant::OwnJudge)),
        (Condition::WindowOpen, window_open),
        (Condition::NotEvaluated, case.evaluation.is_none()),
        (Condition::Running, case.paused_at().is_none() || mutant::active(Mutant::NoStandstill)),
        (Condition::Paused, case.paused_at().is_some()),
        (Condition::HasLimit, case.limit.is_some()),
        (
            Condition::ExtensionLeft,
            case.extensions < bounds.extensions || mutant::active(Mutant::NoExtensionLimit),
        ),
    ]
    .into_iter()
    .filter_map(|(condition, holds)| holds.then_some(condition))
    .collect()
}

/// What the caller may do as the one the case lies with; none when it does not lie with them.
fn as_assignee(scope: &Scope, case: &Case) -> Option<PermissionSet> {
    if let Assignee::Account(account) = case.assignee {
        return (scope.account() == Some(account)).then(|| scope.permissions());
    }
    united(
        scope.held().iter().filter(|held| admits(held, case) && represented(held).contains(&case.assignee)),
    )
}

/// What the caller may do by grants that cover the case's place at `least` or a higher level.
fn covering(scope: &Scope, case: &Case, least: SettlementLevel) -> Option<PermissionSet> {
    if scope.is_system() {
        return Some(scope.permissions());
    }
    united(scope.held().iter().filter(|held| {
        admits(held, case) && covered_level(held, &case.place).is_some_and(|level| level >= least)
    }))
}

fn united<'a>(grants: impl Iterator<Item = &'a Held>) -> Option<PermissionSet> {
    grants.map(|held| held.permissions).reduce(PermissionSet::or)
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
/// cases for, else as themselves, by the nearest grant that allows it.
pub(super) fn acting_post(scope: &Scope, permission: Permission, case: &Case) -> Option<Post> {
    scope
        .held()
        .iter()
        .filter(|held| held.permissions.holds(permission) && admits(held, case))
        .filter_map(|held| Some((covered_level(held, &case.place)?, held)))
        .min_by_key(|(level, _)| *level)
        .and_then(|(level, held)| {
            let unit = held.unit.filter(|_| held.permissions.holds(Permission::CaseHandle));
            let assignee = unit.map(Assignee::Unit).or(scope.account().map(Assignee::Account))?;
            Some(Post { assignee, level })
        })
}
