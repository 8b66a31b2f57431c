//! Somebody before a case: what they are to it, by which grants, and the facts that count.

use std::collections::BTreeSet;

use crate::kernel::id::OrganisationId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::{Permission, PermissionSet};
use crate::programmes::model::Rule;
use crate::programmes::vocabulary::{Condition, Relation, SettlementLevel};

/// What one grant makes of somebody before a case.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What they are to the case by it.
    pub relation: Relation,
    /// What it allows.
    pub permissions: PermissionSet,
    /// By what; none for whoever needs no grant: the system, and a relation that comes without one.
    pub by: Option<Grant>,
}

/// What a programme can ask of a grant.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Key of its role; none for a grant that has nothing to do with the case.
    pub role: Option<&'static str>,
    /// The level at which it covers the case; none for an organisation's.
    pub tier: Option<SettlementLevel>,
    /// The organisation it is held for.
    pub organisation: Option<OrganisationId>,
}

/// Somebody before a case.
#[derive(Clone, Debug, Default)]
pub struct Actor {
    standings: Vec<Standing>,
    met: BTreeSet<Condition>,
}

impl Actor {
    /// The same actor, who is this too.
    #[must_use]
    pub fn with(mut self, standing: Standing) -> Self {
        self.standings.push(standing);
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
        self.standings.iter().any(|standing| standing.relation == relation)
    }

    /// Whether they are this to the case by a grant of theirs.
    #[must_use]
    pub fn is_by_grant(&self, relation: Relation) -> bool {
        self.standings.iter().any(|standing| standing.relation == relation && standing.by.is_some())
    }

    /// Whether they may do something as this.
    #[must_use]
    pub fn may(&self, relation: Relation, permission: Permission) -> bool {
        self.standings
            .iter()
            .any(|standing| standing.relation == relation && standing.permissions.holds(permission))
    }

    /// Whether a grant by which they are this lets them act by a rule.
    pub(super) fn may_by(&self, relation: Relation, rule: &Rule) -> bool {
        self.standings.iter().any(|standing| {
            standing.relation == relation
                && standing.permissions.holds(rule.act.permission())
                && standing.by.as_ref().is_none_or(|grant| grant.suits(rule))
        })
    }

    /// Whether something holds.
    #[must_use]
    pub fn meets(&self, condition: Condition) -> bool {
        self.met.contains(&condition)
    }
}

impl Grant {
    /// Whether a rule lets somebody act by this grant, if its role allows the act.
    #[must_use]
    pub fn suits(&self, rule: &Rule) -> bool {
        if mutant::active(Mutant::NoRuleLimit) {
            return true;
        }
        (rule.roles.is_empty() || rule.roles.iter().any(|role| Some(role.key()) == self.role))
            && (rule.tiers.is_empty() || self.tier.is_some_and(|tier| rule.tiers.contains(&tier)))
            && (rule.organisations.is_empty()
                || self.organisation.is_some()
                    && rule.organisations.iter().any(|own| own.id == self.organisation))
    }
}
