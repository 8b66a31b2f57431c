//! Whether a grant stays within its grantor's own scope.
//!
//! The grantor needs a grant of their own that may manage grants, covers the whole target, every wanted
//! category and the wanted ceiling. Beyond that, what the role allows must be among what the grantor's
//! covering grants allow — except for security administrators: they grant roles that they do not hold,
//! which is the point of separating them, but like everyone only within their territory, and nothing to
//! themselves.

use std::collections::BTreeSet;

use crate::kernel::id::{CategoryId, RoleGrantId};
use crate::kernel::permission::{Permission, PermissionSet};
use crate::kernel::place::{Place, Sensitivity, Territory};
use crate::kernel::scope::Held;

/// What part of a district a target takes.
#[derive(Clone, Debug)]
pub(super) enum Extent {
    /// The installation: no account reaches it.
    Platform,
    /// Something that stands beside the territory, or an empty group: the whole district's concern.
    District,
    /// All of these places.
    Places(Vec<Place>),
}

impl Extent {
    /// Whether it lies within `territory` as a whole.
    pub(super) fn lies_in(&self, territory: &Territory) -> bool {
        match self {
            Self::Platform => false,
            Self::District => territory.district,
            Self::Places(places) => places.iter().all(|place| territory.covers(place)),
        }
    }
}

/// What is to be granted or taken.
pub(super) struct Wanted<'a> {
    pub(super) extent: &'a Extent,
    pub(super) permissions: PermissionSet,
    /// With everything below them; `None` is every category.
    pub(super) categories: Option<&'a BTreeSet<CategoryId>>,
    pub(super) ceiling: Sensitivity,
}

/// Whether the holder of `held` may grant it. `security` names the grants of security administrators.
pub(super) fn within(held: &[&Held], security: &BTreeSet<RoleGrantId>, wanted: &Wanted<'_>) -> bool {
    let covering: Vec<&&Held> = held.iter().filter(|held| covers(held, wanted)).collect();
    let manages = |held: &&&Held| held.permissions.holds(Permission::GrantManage);
    if !covering.iter().any(manages) {
        return false;
    }
    if covering.iter().filter(|held| manages(held)).any(|held| security.contains(&held.grant)) {
        return true;
    }
    let own = covering.iter().fold(PermissionSet::default(), |own, held| own.or(held.permissions));
    own.covers(wanted.permissions)
}

fn covers(held: &Held, wanted: &Wanted<'_>) -> bool {
    let categories = match (&held.categories, wanted.categories) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(own), Some(wanted)) => wanted.is_subset(own),
    };
    categories && wanted.ceiling <= held.ceiling && wanted.extent.lies_in(&held.territory)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::identity::role::Role;
    use crate::kernel::id::UnitId;

    fn unit(number: u128) -> UnitId {
        UnitId::from_uuid(Uuid::from_u128(number))
    }

    fn held(role: Role, territory: Territory) -> Held {
        Held {
            grant: RoleGrantId::from_uuid(Uuid::from_u128(100)),
            role: role.key(),
            permissions: role.permissions(),
            territory,
            unit: None,
            organisation: None,
            categories: None,
            ceiling: role.ceiling(),
        }
    }

    fn town(number: u128) -> Territory {
        Territory { towns: BTreeSet::from([unit(number)]), ..Territory::default() }
    }

    fn district() -> Territory {
        Territory { district: true, ..Territory::default() }
    }

    fn village_of(town: u128) -> Extent {
        Extent::Places(vec![Place { town: Some(unit(town)), village: Some(unit(town * 10)), grid: None }])
    }

    fn may(held: &Held, role: Role, extent: &Extent) -> bool {
        let wanted =
            Wanted { extent, permissions: role.permissions(), categories: None, ceiling: role.ceiling() };
        let is_security = held.permissions == Role::SecurityAdministrator.permissions();
        let security = if is_security { BTreeSet::from([held.grant]) } else { BTreeSet::new() };
        within(&[held], &security, &wanted)
    }

    #[test]
    fn a_town_administrator_grants_the_towns_roles_in_the_town() {
        let admin = held(Role::TownAdministrator, town(1));
        for role in
            [Role::StationChief, Role::GridChief, Role::FullTimeWorker, Role::Resident, Role::Volunteer]
        {
            assert!(may(&admin, role, &village_of(1)), "{}", role.key());
            assert!(!may(&admin, role, &village_of(2)), "{} next door", role.key());
        }
        assert!(!may(&admin, Role::DistrictCommander, &Extent::Places(vec![Place::default()])));
        assert!(!may(&admin, Role::DepartmentHandler, &Extent::District));
    }

    #[test]
    fn nobody_grants_what_they_may_not_do_themselves() {
        let admin = held(Role::TownAdministrator, district());
        for role in [Role::SystemAdministrator, Role::SecurityAdministrator, Role::AuditAdministrator] {
            assert!(!may(&admin, role, &Extent::Places(vec![Place::default()])), "{}", role.key());
        }
        let chief = held(Role::StationChief, district());
        assert!(!may(&chief, Role::Resident, &village_of(1)), "no grants to manage");
    }

    #[test]
    fn a_security_administrator_grants_what_it_does_not_hold_within_its_district() {
        let security = held(Role::SecurityAdministrator, district());
        for role in [Role::DistrictCommander, Role::AuditAdministrator, Role::Resident] {
            assert!(may(&security, role, &village_of(1)), "{}", role.key());
        }
        assert!(may(&security, Role::DepartmentHandler, &Extent::District));
        assert!(!may(&security, Role::PlatformOperator, &Extent::Platform));
        let elsewhere = held(Role::SecurityAdministrator, town(2));
        assert!(!may(&elsewhere, Role::Resident, &village_of(1)));
    }

    #[test]
    fn ceilings_and_categories_are_limits_too() {
        let category = |number: u128| CategoryId::from_uuid(Uuid::from_u128(number));
        let extent = village_of(1);
        let mut security = held(Role::SecurityAdministrator, district());
        let wanted = |ceiling, categories| Wanted {
            extent: &extent,
            permissions: Role::Resident.permissions(),
            categories,
            ceiling,
        };
        let names = BTreeSet::from([security.grant]);
        security.ceiling = Sensitivity::Sensitive;
        assert!(within(&[&security], &names, &wanted(Sensitivity::Sensitive, None)));
        assert!(!within(&[&security], &names, &wanted(Sensitivity::Confidential, None)));
        security.categories = Some(BTreeSet::from([category(1), category(2)]));
        assert!(!within(&[&security], &names, &wanted(Sensitivity::Normal, None)), "every category");
        let one = BTreeSet::from([category(1)]);
        assert!(within(&[&security], &names, &wanted(Sensitivity::Normal, Some(&one))));
        let other = BTreeSet::from([category(1), category(3)]);
        assert!(!within(&[&security], &names, &wanted(Sensitivity::Normal, Some(&other))));
    }

    #[test]
    fn permissions_of_elsewhere_do_not_count() {
        let admin = held(Role::TownAdministrator, town(1));
        let mut operator = held(Role::SystemAdministrator, town(2));
        operator.grant = RoleGrantId::from_uuid(Uuid::from_u128(101));
        let extent = village_of(1);
        let wanted = Wanted {
            extent: &extent,
            permissions: Role::SystemAdministrator.permissions(),
            categories: None,
            ceiling: Sensitivity::Normal,
        };
        assert!(!within(&[&admin, &operator], &BTreeSet::new(), &wanted));
    }

    #[test]
    fn a_group_is_covered_only_as_a_whole() {
        let admin = held(Role::TownAdministrator, town(1));
        let (Extent::Places(mut places), Extent::Places(others)) = (village_of(1), village_of(2)) else {
            unreachable!("villages are places")
        };
        assert!(may(&admin, Role::GridChief, &Extent::Places(places.clone())));
        places.extend(others);
        assert!(!may(&admin, Role::GridChief, &Extent::Places(places)));
    }
}
