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

/// Whether the caller is told to the door where a case occurred: they reported it, it lies with them or they assist, or they go from door to
/// door in its village or its grid.
pub(super) fn finds_the_door(scope: &Scope, case: &Case) -> bool {
    let actor = somebody(scope, case);
    let has_to_do = [Relation::Reporter, Relation::Assignee, Relation::Assistant];
    let near = |held: &Held| {
        held.permissions.holds(Permission::VisitRecord)
            && admits(held, case)
            && held.territory.is_near(&case.place)
    };
    scope.is_system()
        || has_to_do.into_iter().any(|relation| actor.is(relation))
        || scope.held().iter().any(near)
        || mutant::active(Mutant::WholeAddresses)
}
