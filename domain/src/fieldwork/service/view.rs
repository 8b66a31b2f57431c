//! What one reader learns of where a visit was made. Nothing here asks the database.

use crate::fieldwork::model::Visit;
use crate::fieldwork::service::FieldworkService;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::{Permission, PermissionSet};
use crate::kernel::place::Address;
use crate::kernel::scope::Scope;
use crate::org::GeoPoint;

impl FieldworkService {
    /// The address of a visit: whole for whoever made it, and for who goes from door to door in its village by a grant that reads of who lives there.
    #[must_use]
    pub fn address(&self, scope: &Scope, visit: &Visit) -> Option<Address> {
        let address = visit.texts.address.clone()?;
        Some(if finds_the_door(scope, visit) { Address::Whole(address) } else { Address::ToVillage })
    }

    /// The point of a visit: it leads to a door, and is told as the address is.
    #[must_use]
    pub fn point(&self, scope: &Scope, visit: &Visit) -> Option<GeoPoint> {
        visit.point.filter(|_| finds_the_door(scope, visit))
    }
}

fn finds_the_door(scope: &Scope, visit: &Visit) -> bool {
    let besides = [
        visit.key_person.then_some(Permission::KeyPersonFollowUp),
        visit.is_to_child().then_some(Permission::ChildRead),
    ];
    let needed: PermissionSet =
        std::iter::once(Permission::VisitRecord).chain(besides.into_iter().flatten()).collect();
    scope.account() == Some(visit.by)
        || scope.permits_nearby(needed, &visit.place, visit.sensitivity)
        || mutant::active(Mutant::WholeAddresses)
}
