//! T6: what the server decides is no client's to say.

use std::collections::BTreeSet;

use super::{Exception, is_excepted, violation};
use crate::schema::lint::Violation;
use crate::schema::sdl::{Kind, Member, Sdl};

/// What the server knows or decides of whatever is written: whose it is, where it lies, who did it, how far it is.
const OF_THE_SERVER: &[&str] = &[
    "actor",
    "actorId",
    "by",
    "districtCode",
    "doneAt",
    "level",
    "number",
    "owner",
    "ownerId",
    "path",
    "permission",
    "permissions",
    "position",
    "role",
    "roles",
    "sensitivity",
    "sequence",
    "state",
    "status",
    "town",
    "townId",
    "version",
];

/// Input fields that say such a thing all the same.
pub const SAID_BY_CLIENTS: &[Exception] = &[
    ("AccountRegisterInput.districtCode", "nobody is signed in yet, so that no tenant is known"),
    ("CaseExternalInput.number", "the number that another system gave it"),
    ("CaseFieldValueInput.number", "the value of a field that holds a number"),
    ("CaseReportInput.occurredAt", "nobody but whoever reports it knows when it happened"),
    ("CaseReportInput.reportedAt", "entered later than it was told: never after now"),
    ("CaseReportInput.sensitivity", "only raised by it above what its category wants"),
    ("CaseSuperviseInput.level", "how severe the supervision is, and not where the case lies"),
    ("CategoryCreateInput.sensitivity", "the rule by which the server decides that of cases"),
    ("CategoryUpdateInput.sensitivity", "the rule by which the server decides that of cases"),
    ("ClientSecretCreateInput.permissions", "only narrows what the account may do"),
    ("FieldCaseInput.reportedBy", "an operation of the same batch, not a person"),
    ("FieldOperationInput.doneAt", "the device's clock, within bounds; it decides no order"),
    ("FieldVisitInput.reportedBy", "an operation of the same batch, not a person"),
    ("OverseerInput.districtCode", "where the overseer is at home, not where they act"),
    ("PostKindCreateInput.role", "what the act is about: granted within what the caller may grant"),
    ("PostKindUpdateInput.state", "what the act is about: whether it takes new holders"),
    ("RoleGrantCreateInput.role", "what the act is about: granted within what the caller may grant"),
    ("SessionCreateByOidcInput.districtCode", "nobody is signed in yet, so that no tenant is known"),
    ("SessionCreateByWechatInput.districtCode", "nobody is signed in yet, so that no tenant is known"),
    ("TeamUpdateInput.state", "what the act is about: disbanding is for good"),
    ("UnitCreateInput.state", "how far its centre or station is built, which the founder knows"),
    ("VisitRecordInput.sensitivity", "only raised by it above what its case and whom it was made to want"),
    ("VisitRecordInput.visitedAt", "nobody but whoever made it knows when"),
];

/// T6: no input of a mutation says what the server decides.
pub fn say_nothing_that_the_server_decides(sdl: &Sdl) -> Vec<Violation> {
    let written = written(sdl);
    sdl.of(Kind::Input)
        .filter(|input| written.contains(input.name.as_str()))
        .flat_map(|input| input.members.iter().map(move |member| (input, member)))
        .filter(|(_, member)| is_the_servers(&member.name))
        .map(|(input, member)| format!("{}.{}", input.name, member.name))
        .filter(|at| !is_excepted(SAID_BY_CLIENTS, at))
        .map(|at| {
            violation(
                "T6",
                at,
                "the server decides it: leave it out, or say in the list of exceptions why not",
            )
        })
        .collect()
}

/// Whether a name is of what the server decides: a tenant, who did something and when, and what is listed.
fn is_the_servers(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.starts_with("tenant")
        || ["By", "ById", "edAt", "edOn"].iter().any(|end| name.ends_with(end))
        || OF_THE_SERVER.contains(&name)
}

/// The input types that mutations take, directly or within others; what is only looked for writes nothing.
fn written(sdl: &Sdl) -> BTreeSet<&str> {
    let arguments = sdl.root("Mutation").iter().flat_map(|field| &field.arguments);
    let mut open: Vec<&str> = arguments.map(Member::base).collect();
    let mut found = BTreeSet::new();
    while let Some(name) = open.pop() {
        let Some(input) = sdl.get(name).filter(|ty| ty.kind == Kind::Input && !ty.name.ends_with("Filter"))
        else {
            continue;
        };
        if found.insert(input.name.as_str()) {
            open.extend(input.members.iter().map(Member::base));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::lint::found;

    const SCHEMA: &str = "
        type Query { grids(filter: GridFilter): Int }
        type Mutation { gridCreate(input: GridCreateInput!): Int }
        input GridFilter { state: String, createdAt: String, tenantId: ID }
        input GridCreateInput { name: String!, expectedVersion: Int!, standby: Int, area: [AreaInput!]!, of: GridFilter }
        input AreaInput { sinceAt: String, heatedFloor: Int }";

    #[test]
    fn each_exception_is_of_something_that_the_rule_would_find() {
        for (place, _) in SAID_BY_CLIENTS {
            let name = place.rsplit('.').next().unwrap_or_default();
            assert!(is_the_servers(name), "{place}");
        }
    }

    #[test]
    fn what_is_asked_for_may_be_anything() {
        assert_eq!(found(say_nothing_that_the_server_decides, SCHEMA), Vec::<String>::new());
    }

    #[test]
    fn what_is_written_says_nothing_of_the_server() {
        for field in [
            "tenant",
            "tenantId",
            "tenantCode",
            "createdAt",
            "createdBy",
            "createdById",
            "updatedAt",
            "closedOn",
            "level",
            "state",
            "status",
            "role",
            "version",
            "path",
        ] {
            for (input, at) in [("name: String!", "GridCreateInput"), ("sinceAt: String", "AreaInput")] {
                let schema = SCHEMA.replace(input, &format!("{input}, {field}: String"));
                let told = found(say_nothing_that_the_server_decides, &schema);
                assert!(
                    matches!(told.as_slice(), [one] if one.starts_with(&format!("T6 {at}.{field}: "))),
                    "{field}: {told:?}"
                );
            }
        }
    }
}
