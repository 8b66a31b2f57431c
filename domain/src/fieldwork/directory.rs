//! What other slices ask of visits inside their own transaction.

use crate::fieldwork::store;
use crate::kernel::id::VisitId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::{Permission, PermissionSet};
use crate::kernel::whole::Whole;
use crate::store::{StoreError, Tx};

/// Whoever was visited, whole: for a caller with a grant that allows it and covers the place of the visit, of every category; a key person for
/// one that follows them up there; a child, and a person of whom nobody said how old they are, for one that reads of children there, or for whoever
/// made the visit.
pub(crate) async fn whole_visited(tx: &Tx, id: VisitId) -> Result<Whole, StoreError> {
    let Some((visit, person)) = store::whole(tx, id).await? else { return Ok(Whole::Unknown) };
    let scope = tx.scope();
    let of_child = visit.is_to_child() && scope.account() != Some(visit.by);
    let besides = [
        visit.key_person.then_some(Permission::KeyPersonFollowUp),
        (of_child && !mutant::active(Mutant::ChildrenAsAnybody)).then_some(Permission::ChildRead),
    ];
    let needed: PermissionSet =
        std::iter::once(Permission::PersonalReveal).chain(besides.into_iter().flatten()).collect();
    let covers = scope.permits_place(needed, &visit.place, visit.sensitivity);
    if covers || mutant::active(Mutant::RevealAnywhere) { Ok(Whole::of(person)) } else { Ok(Whole::Refused) }
}
