//! S7 and S8: ids are of type `ID`, name things that `node` finds, and come back as objects.

use super::{Exception, is_excepted, violation};
use crate::schema::lint::Violation;
use crate::schema::sdl::{Kind, Member, Sdl};

/// Fields that answer an id instead of its object.
pub const BARE: &[Exception] = &[];

/// Types with an `id` that `node` does not find.
pub const WITHOUT_NODE: &[Exception] = &[
    ("Duty", "found in the list of duties, which everybody of the tenant reads"),
    ("RoleGrant", "found at its account and by `roleGrants`, shown to whoever may know it there"),
    ("CaseEntry", "found in its case's timeline, shown to whom the entry is addressed"),
    ("StaffChange", "found in the change log, shown to whoever may know whom it is about"),
    ("WebhookDelivery", "found at its webhook, shown to whoever sees that"),
    ("ClientSecret", "found by its account, which alone reaches it"),
    ("ExternalIdentity", "found at the viewer, whose own it is"),
    ("IdentityProvider", "found in the list of providers, for whoever may say whose word counts"),
    ("OverseenDistrict", "found in the list of districts that the caller may read, each by its leave"),
    ("OversightGrant", "found in the list of leaves, for whoever gives them or audits"),
    ("OpenSession", "found at the viewer, whose own it is"),
    ("TeamMembership", "found in its team, shown to whoever may know who is in it"),
];

/// S7: whatever is named as an id is an `ID`; whatever has an id is a node, or an event.
pub fn are_ids_of_nodes(sdl: &Sdl) -> Vec<Violation> {
    let mut found: Vec<Violation> = sdl
        .inputs()
        .filter(|(_, input)| names_an_id(&input.name) && input.base() != "ID")
        .map(|(at, input)| violation("S7", at, format!("must be an ID, not {}", input.ty)))
        .collect();
    for ty in sdl.of(Kind::Object) {
        let Some(id) = ty.member("id") else { continue };
        if id.ty != "ID!" {
            found.push(violation("S7", format!("{}.id", ty.name), "must be ID!"));
        }
        let is_found = ty.is_a("Node") || ty.is_a("Event") || is_excepted(WITHOUT_NODE, &ty.name);
        if !is_found {
            found.push(violation("S7", &ty.name, "has an id and must implement Node"));
        }
    }
    found
}

/// S8: answers hold objects, not their ids.
pub fn are_not_answered_bare(sdl: &Sdl) -> Vec<Violation> {
    sdl.outputs()
        .filter(|(_, field)| field.name != "id" && (names_an_id(&field.name) || is_bare(field)))
        .map(|(ty, field)| format!("{}.{}", ty.name, field.name))
        .filter(|at| !is_excepted(BARE, at))
        .map(|at| violation("S8", at, "answer the object, not its id"))
        .collect()
}

fn is_bare(field: &Member) -> bool {
    field.base() == "ID"
}

fn names_an_id(name: &str) -> bool {
    matches!(name, "id" | "ids") || name.ends_with("Id") || name.ends_with("Ids")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::lint::found;

    #[test]
    fn nodes_events_and_ids_pass() {
        let good = "type Grid implements Node { id: ID! village(unitId: ID!): Unit }
            type CaseClosed implements Event { id: ID! }
            input GridFilter { gridIds: [ID!] paid: Boolean }";
        assert_eq!(found(are_ids_of_nodes, good), [""; 0]);
        assert_eq!(found(are_not_answered_bare, good), [""; 0]);
    }

    #[test]
    fn ids_of_other_types_and_homes_are_found() {
        let bad = "type Grid { id: String unit(id: Int!, unitIds: [String!]): Unit }
            input GridMoveInput { villageId: String! }";
        assert_eq!(
            found(are_ids_of_nodes, bad),
            [
                "S7 GridMoveInput.villageId: must be an ID, not String!",
                "S7 Grid.unit(id): must be an ID, not Int!",
                "S7 Grid.unit(unitIds): must be an ID, not [String!]",
                "S7 Grid.id: must be ID!",
                "S7 Grid: has an id and must implement Node",
            ]
        );
    }

    #[test]
    fn a_bare_id_in_an_answer_is_found() {
        let bad = "type Grid implements Node { id: ID! villageId: ID! members: [ID!]! }";
        assert_eq!(
            found(are_not_answered_bare, bad),
            [
                "S8 Grid.villageId: answer the object, not its id",
                "S8 Grid.members: answer the object, not its id"
            ]
        );
    }
}
