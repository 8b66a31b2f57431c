//! What other slices ask of visits inside their own transaction.

use crate::fieldwork::store;
use crate::kernel::id::VisitId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::whole::Whole;
use crate::store::{StoreError, Tx};

/// Whoever was visited, whole: for a caller with a grant that allows it and covers the place of the visit, of every category; a key person for
/// one that follows them up there.
pub(crate) async fn whole_visited(tx: &Tx, id: VisitId) -> Result<Whole, StoreError> {
    let Some((visit, person)) = store::whole(tx, id).await? else { return Ok(Whole::Unknown) };
    let (scope, permission) = (tx.scope(), Permission::PersonalReveal);
    let covers = if visit.key_person {
        scope.permits_follow_up(permission, &visit.place, visit.sensitivity)
    } else {
        scope.permits_place(permission, &visit.place, visit.sensitivity)
    };
    if covers || mutant::active(Mutant::RevealAnywhere) { Ok(Whole::of(person)) } else { Ok(Whole::Refused) }
}
