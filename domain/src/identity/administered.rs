//! Whose accounts and grants the caller administers: those of the territory that their grants for reading
//! accounts cover. A town's administrator knows the town's people and nobody else's.

use crate::identity::model::GrantTarget;
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
