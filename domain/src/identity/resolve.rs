//! From grants as they are stored to grants as they count: targets to territories, categories to sets.

use std::collections::{BTreeMap, BTreeSet};

use crate::identity::limit::Extent;
use crate::identity::model::{GrantTarget, RoleGrant};
use crate::identity::role::TargetKind;
use crate::identity::store;
use crate::kernel::id::{CategoryId, UnitId};
use crate::kernel::place::{Place, Territory};
use crate::kernel::scope::Held;
use crate::org::{GridState, Unit, UnitLevel, UnitState, directory};
use crate::store::{StoreError, Tx};

/// The grants as a scope holds them.
pub(super) async fn held(tx: &Tx, grants: &[RoleGrant]) -> Result<Vec<Held>, StoreError> {
    let limited = grants.iter().any(|grant| !grant.categories.is_empty());
    let tree = if limited { CategoryTree::load(tx).await? } else { CategoryTree::default() };
    let mut known: BTreeMap<GrantTarget, Territory> = BTreeMap::new();
    let mut held = vec![];
    for grant in grants {
        if let std::collections::btree_map::Entry::Vacant(entry) = known.entry(grant.target) {
            entry.insert(territory(tx, grant.target).await?);
        }
        let territory = known.get(&grant.target).cloned().unwrap_or_default();
        held.push(as_held(grant, territory, &tree));
    }
    Ok(held)
}

fn as_held(grant: &RoleGrant, territory: Territory, tree: &CategoryTree) -> Held {
    let limited = !grant.categories.is_empty();
    Held {
        grant: grant.id,
        role: grant.role.key(),
        permissions: grant.role.permissions(),
        territory,
        unit: handled_unit(grant),
        organisation: match grant.target {
            GrantTarget::Organisation(id) if grant.role.acts_for(TargetKind::Organisation) => Some(id),
            _ => None,
        },
        categories: limited.then(|| tree.below(&grant.categories)),
        ceiling: grant.ceiling,
    }
}

/// The unit whose cases the holder handles. What is handed to a unit is of every category, so a grant
/// that is limited to some does not act for it.
fn handled_unit(grant: &RoleGrant) -> Option<UnitId> {
    let GrantTarget::Unit(id) = grant.target else { return None };
    let levels = [TargetKind::District, TargetKind::Town, TargetKind::Village];
    let acts = levels.into_iter().any(|level| grant.role.acts_for(level));
    (acts && grant.categories.is_empty()).then_some(id)
}

async fn territory(tx: &Tx, target: GrantTarget) -> Result<Territory, StoreError> {
    Ok(match target {
        GrantTarget::Unit(id) => directory::territory_of_unit(tx, id).await?.unwrap_or_default(),
        GrantTarget::Group(id) => directory::territory_of_group(tx, id).await?.unwrap_or_default(),
        GrantTarget::Grid(id) => Territory { grids: BTreeSet::from([id]), ..Territory::default() },
        GrantTarget::Platform | GrantTarget::Organisation(_) => Territory::default(),
    })
}

/// A target as the rules of granting see it.
pub(super) struct Target {
    /// What a role must fit.
    pub(super) kind: TargetKind,
    /// What a grantor must cover.
    pub(super) extent: Extent,
    /// Whether it is dissolved.
    pub(super) dissolved: bool,
}

/// What a role is held at; `None` when there is no such target.
pub(super) async fn target(tx: &Tx, target: GrantTarget) -> Result<Option<Target>, StoreError> {
    let alive = |kind, extent| Some(Target { kind, extent, dissolved: false });
    Ok(match target {
        GrantTarget::Platform => alive(TargetKind::Platform, Extent::Platform),
        GrantTarget::Unit(id) => directory::unit(tx, id).await?.map(|unit| Target {
            kind: kind_of(&unit),
            extent: Extent::Places(vec![directory::place_of_unit(&unit)]),
            dissolved: unit.state == UnitState::Dissolved,
        }),
        GrantTarget::Grid(id) => directory::grid(tx, id).await?.map(|grid| Target {
            kind: TargetKind::Grid,
            extent: Extent::Places(vec![directory::place_of_grid(&grid)]),
            dissolved: grid.state == GridState::Dissolved,
        }),
        GrantTarget::Group(id) => match directory::territory_of_group(tx, id).await? {
            Some(whole) => alive(TargetKind::Group, extent_of(tx, &whole).await?),
            None => None,
        },
        GrantTarget::Organisation(id) => {
            let found = directory::organisation(tx, id).await?;
            found.and_then(|_| alive(TargetKind::Organisation, Extent::District))
        }
    })
}

/// Which level's roles a unit can have.
pub(super) const fn kind_of(unit: &Unit) -> TargetKind {
    match unit.level {
        UnitLevel::District => TargetKind::District,
        UnitLevel::Town => TargetKind::Town,
        UnitLevel::Village => TargetKind::Village,
    }
}

/// The places of a territory, each as deep as it is known.
async fn extent_of(tx: &Tx, whole: &Territory) -> Result<Extent, StoreError> {
    if whole.district || whole.is_empty() {
        return Ok(Extent::District);
    }
    let units: Vec<UnitId> = whole.towns.union(&whole.villages).copied().collect();
    let grids: Vec<_> = whole.grids.iter().copied().collect();
    let units = directory::units(tx, &units).await?;
    let grids = directory::grids(tx, &grids).await?;
    let mut places: Vec<Place> = units.iter().map(directory::place_of_unit).collect();
    places.extend(grids.iter().map(directory::place_of_grid));
    Ok(Extent::Places(places))
}

/// The tenant's categories by what stands above them.
#[derive(Debug, Default)]
pub(super) struct CategoryTree(BTreeMap<CategoryId, Option<CategoryId>>);

impl CategoryTree {
    /// Reads the tree: some hundred rows.
    pub(super) async fn load(tx: &Tx) -> Result<Self, StoreError> {
        Ok(Self(store::category_parents(tx).await?))
    }

    /// The first of `ids` that is no category of the tenant.
    pub(super) fn unknown(&self, ids: &[CategoryId]) -> Option<usize> {
        ids.iter().position(|id| !self.0.contains_key(id))
    }

    /// The categories and everything below them.
    pub(super) fn below(&self, roots: &[CategoryId]) -> BTreeSet<CategoryId> {
        let mut found: BTreeSet<CategoryId> = roots.iter().copied().collect();
        loop {
            let children = self.0.iter().filter(|(id, parent)| {
                !found.contains(id) && parent.is_some_and(|parent| found.contains(&parent))
            });
            let children: Vec<CategoryId> = children.map(|(id, _)| *id).collect();
            if children.is_empty() {
                return found;
            }
            found.extend(children);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::identity::role::Role;
    use crate::kernel::id::{AccountId, OrganisationId, RoleGrantId, Timestamp};
    use crate::kernel::place::Sensitivity;

    fn category(number: u128) -> CategoryId {
        CategoryId::from_uuid(Uuid::from_u128(number))
    }

    fn tree() -> CategoryTree {
        let rows = [(1, None), (11, Some(1)), (111, Some(11)), (2, None), (21, Some(2))];
        CategoryTree(rows.into_iter().map(|(id, parent)| (category(id), parent.map(category))).collect())
    }

    fn grant(role: Role, target: GrantTarget, categories: Vec<CategoryId>) -> RoleGrant {
        RoleGrant {
            id: RoleGrantId::from_uuid(Uuid::from_u128(9)),
            account: AccountId::from_uuid(Uuid::from_u128(8)),
            role,
            target,
            since: Timestamp(0),
            until: None,
            categories,
            ceiling: Sensitivity::Normal,
            granted_by: None,
            revoked_at: None,
            version: 1,
        }
    }

    #[test]
    fn a_category_stands_for_everything_below_it() {
        let below = |roots: &[u128]| tree().below(&roots.iter().copied().map(category).collect::<Vec<_>>());
        let set = |ids: &[u128]| ids.iter().copied().map(category).collect::<BTreeSet<_>>();
        assert_eq!(below(&[1]), set(&[1, 11, 111]));
        assert_eq!(below(&[11, 21]), set(&[11, 111, 21]));
        assert_eq!(below(&[7]), set(&[7]), "an unknown one stands for itself");
        assert_eq!(tree().unknown(&[category(1), category(7)]), Some(1));
    }

    #[test]
    fn only_who_acts_for_a_unit_handles_its_cases() {
        let unit = UnitId::from_uuid(Uuid::from_u128(5));
        let handled = |role, categories| {
            let grant = grant(role, GrantTarget::Unit(unit), categories);
            as_held(&grant, Territory::default(), &tree()).unit
        };
        assert_eq!(handled(Role::StationChief, vec![]), Some(unit));
        assert_eq!(handled(Role::StationChief, vec![category(1)]), None, "limited to some categories");
        for role in [Role::Mediator, Role::Volunteer, Role::Resident, Role::ApiClient, Role::DistrictLeader] {
            assert_eq!(handled(role, vec![]), None, "{}", role.key());
        }
    }

    #[test]
    fn a_mediator_handles_for_a_committee() {
        let committee = OrganisationId::from_uuid(Uuid::from_u128(6));
        let grant = grant(Role::Mediator, GrantTarget::Organisation(committee), vec![category(1)]);
        let held = as_held(&grant, Territory::default(), &tree());
        assert_eq!(held.organisation, Some(committee));
        assert_eq!(held.categories, Some(tree().below(&[category(1)])));
    }
}
