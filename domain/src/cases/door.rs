//! Who is told to the door where a case occurred. Nothing here asks the database.

use crate::cases::actor::{admits, somebody};
use crate::cases::model::Case;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::place::Sensitivity;
use crate::kernel::scope::{Held, Scope};
use crate::org::GeoPoint;
use crate::programmes::Relation;

impl Case {
    /// The point where it occurred. Of a delicate case it leads to a door, and is told as the address is.
    #[must_use]
    pub fn point_for(&self, scope: &Scope) -> Option<GeoPoint> {
        let told = self.sensitivity == Sensitivity::Normal || finds_the_door(scope, self);
        self.point.filter(|_| told)
    }
}

/// Whether the caller is told to the door where a case occurred: they reported it, it lies with them or they assist by a grant that leads there, they are in charge of it, or a
/// grant of theirs leads there.
pub(super) fn finds_the_door(scope: &Scope, case: &Case) -> bool {
    let actor = somebody(scope, case);
    let at_work = case.state.is_open()
        && [Relation::Assignee, Relation::Assistant].into_iter().any(|relation| {
            actor.is_by_grant(relation) || (actor.is(relation) && mutant::active(Mutant::DoorWithoutPost))
        });
    let in_charge = case.leader.is_some() && case.leader == scope.account();
    scope.is_system()
        || actor.is(Relation::Reporter)
        || at_work
        || in_charge
        || scope.held().iter().any(|held| admits(held, case) && leads_to_the_door(held, case))
        || mutant::active(Mutant::WholeAddresses)
}

/// Whether a grant is one of who goes from door to door there, of who has yet to find out in which village it is, or of a system that is told.
fn leads_to_the_door(held: &Held, case: &Case) -> bool {
    let (place, holds) = (&case.place, |permission| held.permissions.holds(permission));
    let covers = held.territory.covers(place);
    (holds(Permission::VisitRecord) && holds(Permission::CaseRead) && held.territory.is_near(place))
        || (covers && place.village.is_none() && holds(Permission::CaseDispatch))
        || (covers && holds(Permission::AddressRead))
}
