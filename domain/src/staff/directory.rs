//! What other slices ask of the force inside their own transaction.

use crate::kernel::id::StaffMemberId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Held;
use crate::kernel::whole::Whole;
use crate::org::directory;
use crate::staff::store;
use crate::store::{StoreError, Tx};

/// Somebody of the force, whole: for a caller with a grant that allows it and covers the unit that keeps their file.
pub(crate) async fn whole(tx: &Tx, id: StaffMemberId) -> Result<Whole, StoreError> {
    let Some((unit, person)) = store::whole(tx, id).await? else { return Ok(Whole::Unknown) };
    let Some(unit) = directory::unit(tx, unit).await? else { return Ok(Whole::Unknown) };
    let place = directory::place_of_unit(&unit);
    let covers = |held: &Held| {
        held.permissions.holds(Permission::PersonalReveal)
            && held.categories.is_none()
            && held.territory.covers(&place)
    };
    let allowed = tx.scope().is_system() || tx.scope().held().iter().any(covers);
    if allowed || mutant::active(Mutant::RevealAnywhere) { Ok(Whole::of(person)) } else { Ok(Whole::Refused) }
}
