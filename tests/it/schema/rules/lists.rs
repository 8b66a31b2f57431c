//! S9 and S10: what can grow is a connection, nothing has holes, and lists are filtered and ordered alike.

use super::{Exception, is_excepted, nodes, violation};
use crate::schema::lint::Violation;
use crate::schema::sdl::{Kind, Member, Sdl, Type};

/// Lists whose elements may be null.
pub const WITH_GAPS: &[Exception] = &[("Query.nodes", "Relay: each answer stands at the place of its id")];

/// Lists of nodes that are bounded by nature and need no pages.
pub const UNPAGED: &[Exception] = &[
    ("Query.nodes", "as many as ids were sent"),
    ("CaseEntry.attachments", "an act comes with at most nine"),
    ("Case.duplicates", "the newest hundred of those that are part of it"),
    ("Appointment.categories", "an appointment names at most a hundred"),
    ("InboxChange.cases", "at most a hundred; beyond that the boxes are read again"),
    ("Category.children", "a picker shows a whole level; the largest of the field has some thirty"),
    ("PostKindAdoptPayload.postKinds", "a tenant has some dozens"),
    ("Query.postKinds", "a tenant has some dozens, and a form needs them all"),
    ("RoleGrant.categories", "a grant names at most a hundred"),
    ("StaffMember.posts", "what one person holds now: an instructor some ten grids"),
    ("StaffingRequirement.postKinds", "a demand names at most a hundred"),
    ("Unit.predecessors", "a merger has at most fifty"),
    ("Unit.successors", "a split has a handful"),
    ("UnitGroupMembers.grids", "a group has at most a hundred"),
    ("UnitGroupMembers.units", "a group has at most a hundred"),
    ("Viewer.grids", "of one's own grants"),
    ("Viewer.organisations", "of one's own grants"),
    ("Viewer.units", "of one's own grants"),
    ("Webhook.categories", "a webhook names at most a hundred"),
];

/// The arguments of a connection, with their types.
const PAGING: [(&str, &str); 4] =
    [("after", "String"), ("before", "String"), ("first", "Int"), ("last", "Int")];

/// S9: connections have one shape, other lists are `[T!]!` and bounded.
pub fn are_connections_or_short(sdl: &Sdl) -> Vec<Violation> {
    let mut found: Vec<Violation> =
        sdl.of(Kind::Object).filter(|ty| ty.name.ends_with("Connection")).filter_map(misshapen).collect();
    for (ty, field) in sdl.outputs() {
        let at = format!("{}.{}", ty.name, field.name);
        if field.base().ends_with("Connection") {
            let pages =
                |(name, ty): (&str, &str)| field.argument(name).is_some_and(|argument| argument.ty == ty);
            if field.is_nullable() || !PAGING.into_iter().all(pages) {
                found.push(violation(
                    "S9",
                    at,
                    "a connection is non-null and takes after, before, first, last",
                ));
            }
        } else if field.is_list() {
            found.extend(unsound_list(sdl, ty, field, &at));
        }
    }
    let inputs = sdl.inputs().filter(|(_, input)| input.is_list());
    let gaps = inputs.filter(|(_, input)| input.ty.trim_end_matches('!') != format!("[{}!]", input.base()));
    found.extend(gaps.map(|(at, input)| violation("S9", at, format!("{} lets elements be null", input.ty))));
    found
}

fn misshapen(connection: &Type) -> Option<Violation> {
    let node = connection.name.trim_end_matches("Connection");
    let wanted = [
        ("edges", format!("[{node}Edge!]!")),
        ("nodes", format!("[{node}!]!")),
        ("pageInfo", "PageInfo!".to_owned()),
        ("totalCount", "Int!".to_owned()),
    ];
    let is_right = connection.members.len() == wanted.len()
        && wanted.iter().all(|(name, ty)| connection.member(name).is_some_and(|member| member.ty == *ty));
    (!is_right).then(|| violation("S9", &connection.name, "must hold edges, nodes, pageInfo and totalCount"))
}

fn unsound_list(sdl: &Sdl, ty: &Type, field: &Member, at: &str) -> Vec<Violation> {
    let mut found = vec![];
    if field.ty != format!("[{}!]!", field.base()) && !is_excepted(WITH_GAPS, at) {
        found.push(violation("S9", at, format!("must be [{}!]!, not {}", field.base(), field.ty)));
    }
    let of_nodes = field.base() == "Node" || nodes(sdl).any(|node| node == field.base());
    if of_nodes && !ty.name.ends_with("Connection") && !is_excepted(UNPAGED, at) {
        found.push(violation("S9", at, "a list of nodes is a connection, or an exception with its bound"));
    }
    found
}

/// S10: one flat `filter`, one `orderBy` of a field and a direction, and no second way to say it.
pub fn filter_and_order_alike(sdl: &Sdl) -> Vec<Violation> {
    let mut found = vec![];
    for (ty, field) in sdl.outputs() {
        let node = ["Connection", "StreamItem", "Page"].into_iter().fold(field.base(), str::trim_end_matches);
        for argument in &field.arguments {
            let at = format!("{}.{}({})", ty.name, field.name, argument.name);
            let wanted = match argument.name.as_str() {
                "filter" if field.base().ends_with("StreamItem") => format!("{node}EventFilter"),
                "filter" => format!("{node}Filter"),
                "orderBy" => format!("{node}Order"),
                "where" | "search" | "query" | "sort" | "sortBy" | "order" => {
                    found.push(violation("S10", at, "say it with filter and orderBy"));
                    continue;
                }
                _ => continue,
            };
            if argument.ty != wanted {
                found.push(violation("S10", at, format!("must be {wanted}")));
            }
        }
    }
    for input in sdl.of(Kind::Input) {
        if input.name.ends_with("Filter") {
            let nested = |field: &&Member| {
                field.base().ends_with("Filter") || matches!(field.name.as_str(), "and" | "or" | "not")
            };
            let places =
                input.members.iter().filter(nested).map(|field| format!("{}.{}", input.name, field.name));
            found.extend(places.map(|at| violation("S10", at, "a filter is flat: its conditions all hold")));
        }
        if let Some(noun) = input.name.strip_suffix("Order") {
            let is = |name: &str, ty: &str| input.member(name).is_some_and(|member| member.ty == ty);
            let is_right = input.members.len() == 2
                && is("direction", "OrderDirection!")
                && is("field", &format!("{noun}OrderField!"));
            if !is_right {
                found.push(violation("S10", &input.name, "must hold field and direction, both required"));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::lint::found;

    const GOOD: &str = "
        type Grid implements Node { id: ID! names: [String!]! }
        type GridConnection { edges: [GridEdge!]! nodes: [Grid!]! pageInfo: PageInfo! totalCount: Int! }
        input GridFilter { kinds: [GridKind!] }
        input GridOrder { field: GridOrderField! direction: OrderDirection! }
        type Query {
          grids(filter: GridFilter, orderBy: GridOrder, after: String, before: String, first: Int, last: Int):
            GridConnection!
        }
        type Subscription { gridEvents(filter: GridEventFilter): GridStreamItem! }
        type Query { gridEvents(filter: GridEventFilter): GridEventPage! }";

    #[test]
    fn a_connection_passes() {
        assert_eq!(found(are_connections_or_short, GOOD), [""; 0]);
        assert_eq!(found(filter_and_order_alike, GOOD), [""; 0]);
    }

    #[test]
    fn lists_without_pages_or_with_gaps_are_found() {
        let bad = "type Grid implements Node { names: [String] }
            type GridConnection { nodes: [Grid!]! }
            input GridMoveInput { unitIds: [ID]! }
            type Query {
              grids: [Grid!]!
              some(first: Int): GridConnection!
              others(after: String, before: String, first: Int, last: Int): GridConnection
            }";
        assert_eq!(
            found(are_connections_or_short, bad),
            [
                "S9 GridConnection: must hold edges, nodes, pageInfo and totalCount",
                "S9 Grid.names: must be [String!]!, not [String]",
                "S9 Query.grids: a list of nodes is a connection, or an exception with its bound",
                "S9 Query.some: a connection is non-null and takes after, before, first, last",
                "S9 Query.others: a connection is non-null and takes after, before, first, last",
                "S9 GridMoveInput.unitIds: [ID]! lets elements be null",
            ]
        );
    }

    #[test]
    fn other_filters_and_orders_are_found() {
        let bad = "input GridFilter { or: [GridFilter!] name: String }
            input GridOrder { field: GridOrderField }
            type Query { grids(filter: UnitFilter!, where: GridFilter, orderBy: GridSort): GridConnection! }
            type Subscription { gridEvents(filter: GridFilter): GridStreamItem! }";
        assert_eq!(
            found(filter_and_order_alike, bad),
            [
                "S10 Query.grids(filter): must be GridFilter",
                "S10 Query.grids(where): say it with filter and orderBy",
                "S10 Query.grids(orderBy): must be GridOrder",
                "S10 Subscription.gridEvents(filter): must be GridEventFilter",
                "S10 GridFilter.or: a filter is flat: its conditions all hold",
                "S10 GridOrder: must hold field and direction, both required",
            ]
        );
    }
}
