//! Who is told to the door where a visit was made. Nothing here asks the database.

use crate::fieldwork::model::Visit;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::{Permission, PermissionSet};
use crate::kernel::place::Address;
use crate::kernel::scope::Scope;
use crate::org::GeoPoint;

impl Visit {
    /// The address of a visit: whole for whoever made it, and for who goes from door to door in its village by a grant that reads of who lives there.
    #[must_use]
    pub fn address_for(&self, scope: &Scope) -> Option<Address> {
        let address = self.texts.address.clone()?;
        Some(if finds_the_door(scope, self) { Address::Whole(address) } else { Address::ToVillage })
    }

    /// The point of a visit: it leads to a door, and is told as the address is.
    #[must_use]
    pub fn point_for(&self, scope: &Scope) -> Option<GeoPoint> {
        self.point.filter(|_| finds_the_door(scope, self))
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
