//! Whose accounts and grants the caller administers: those of the territory that their grants for reading
//! accounts cover. A town's administrator knows the town's people and nobody else's.

use crate::identity::model::{GrantTarget, RoleGrant};
use crate::identity::resolve;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::place::Territory;
use crate::org::directory::{self, Members};
use crate::store::{StoreError, Tx};

/// Whose grants the caller administers.
#[derive(Clone, Debug)]
pub(crate) enum Administered {
    /// Everyone's in the tenant.
    Everyone,
    /// Those of whoever holds a role at one of these.
    Within(Members),
    /// Nobody's.
    Nobody,
}

impl Administered {
    /// What the caller's own grants say.
    pub(super) async fn of(tx: &Tx) -> Result<Self, StoreError> {
        let scope = tx.scope();
        if scope.permits_district(Permission::AccountRead) || mutant::active(Mutant::NoAdministered) {
            return Ok(Self::Everyone);
        }
        let mut whole = Territory::default();
        for held in scope.held() {
            if held.permissions.holds(Permission::AccountRead) && held.categories.is_none() {
                whole.towns.extend(&held.territory.towns);
                whole.villages.extend(&held.territory.villages);
                whole.grids.extend(&held.territory.grids);
            }
        }
        if whole.is_empty() {
            Ok(Self::Nobody)
        } else {
            Ok(Self::Within(directory::members(tx, &whole).await?))
        }
    }

    /// Whether they administer what is held at a target.
    pub(super) fn holds(&self, target: GrantTarget) -> bool {
        match (self, target) {
            (Self::Everyone, _) => true,
            (Self::Within(members), GrantTarget::Unit(id)) => members.units.contains(&id),
            (Self::Within(members), GrantTarget::Grid(id)) => members.grids.contains(&id),
            (Self::Within(members), GrantTarget::Group(id)) => members.groups.contains(&id),
            (Self::Within(_), GrantTarget::Organisation(_) | GrantTarget::Platform) | (Self::Nobody, _) => {
                false
            }
        }
    }
}

/// Whether the caller's grants with this permission cover every target that these are held at. Whoever holds nothing is the
/// district's concern.
pub(super) async fn covers(
    tx: &Tx,
    permission: Permission,
    grants: &[RoleGrant],
) -> Result<bool, StoreError> {
    if tx.scope().permits_district(permission) {
        return Ok(true);
    }
    if grants.is_empty() {
        return Ok(false);
    }
    for grant in grants {
        let Some(target) = resolve::target(tx, grant.target).await? else { return Ok(false) };
        let mut managing = tx
            .scope()
            .held()
            .iter()
            .filter(|held| held.permissions.holds(permission) && held.categories.is_none());
        if !managing.any(|held| target.extent.lies_in(&held.territory)) {
            return Ok(false);
        }
    }
    Ok(true)
}
