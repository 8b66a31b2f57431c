//! S1, S2, S3 and S16: what a mutation is called, takes, answers and demands.

use super::{Exception, ids, is_excepted, lower_camel, nodes, upper_camel, violation};
use crate::schema::lint::Violation;
use crate::schema::sdl::{Kind, Member, Sdl};

/// What mutations act on beside the types with an id.
const NOUNS_WITHOUT_ID: &[&str] =
    &["Field", "Headcount", "Password", "Person", "SecondFactor", "Session", "StaffingRule", "WorkCalendar"];

/// Mutations that demand no permission of a role.
pub const WITHOUT_PERMISSION: &[Exception] = &[
    ("Mutation.accountRegister", "nobody is signed in yet"),
    ("Mutation.externalIdentityCreate", "the password is the permission"),
    ("Mutation.externalIdentityRemove", "everyone may take their own away"),
    ("Mutation.fieldSync", "each operation demands what its own mutation does"),
    ("Mutation.passwordChange", "everyone may change their own"),
    ("Mutation.secondFactorBegin", "everyone may have a second factor"),
    ("Mutation.secondFactorConfirm", "everyone may have a second factor"),
    ("Mutation.secondFactorRemove", "password and code are the permission"),
    ("Mutation.sessionCreate", "nobody is signed in yet"),
    ("Mutation.sessionCreateByOidc", "nobody is signed in yet"),
    ("Mutation.sessionCreateByWechat", "nobody is signed in yet"),
    ("Mutation.sessionCreateForOversight", "the leave is the permission"),
    ("Mutation.sessionRefresh", "the refresh token is the permission"),
    ("Mutation.sessionRevoke", "everyone may end their own session"),
    ("Mutation.sessionRevokeOthers", "everyone may end their own sessions"),
];

/// S1: `nounVerb`, the noun an aggregate.
pub fn are_noun_and_verb(sdl: &Sdl) -> Vec<Violation> {
    let beside = ids::WITHOUT_NODE.iter().map(|(ty, _)| *ty).chain(NOUNS_WITHOUT_ID.iter().copied());
    let nouns: Vec<String> = nodes(sdl).chain(beside).map(lower_camel).collect();
    let is_named = |name: &str| {
        nouns.iter().any(|noun| {
            let verb = name.strip_prefix(noun.as_str()).unwrap_or_default();
            verb.starts_with(|first: char| first.is_ascii_uppercase())
        })
    };
    sdl.root("Mutation")
        .iter()
        .filter(|field| !is_named(&field.name))
        .map(|field| violation("S1", at(field), "not an aggregate's name followed by a verb"))
        .collect()
}

/// S2: one argument `input: <Mutation>Input!`, without a client's mutation id.
pub fn take_one_input(sdl: &Sdl) -> Vec<Violation> {
    let mut found = vec![];
    for field in sdl.root("Mutation") {
        let wanted = format!("{}Input!", upper_camel(&field.name));
        match field.arguments.as_slice() {
            [input] if input.name == "input" && input.ty == wanted => {}
            _ => found.push(violation("S2", at(field), format!("must take exactly input: {wanted}"))),
        }
    }
    let relics = sdl.of(Kind::Input).filter(|input| input.member("clientMutationId").is_some());
    found.extend(relics.map(|input| violation("S2", &input.name, "idempotency is a header, not an input")));
    found
}

/// S3: a nullable `<Mutation>Payload` with nullable results and `userErrors`.
pub fn answer_a_payload(sdl: &Sdl) -> Vec<Violation> {
    let mut found = vec![];
    for field in sdl.root("Mutation") {
        let wanted = format!("{}Payload", upper_camel(&field.name));
        let Some(payload) = sdl.get(&wanted).filter(|_| field.ty == wanted) else {
            found.push(violation("S3", at(field), format!("must answer a nullable {wanted}")));
            continue;
        };
        let errors = payload.member("userErrors");
        let typed = errors.is_some_and(|errors| {
            let is_user_error = sdl.get(errors.base()).is_some_and(|ty| ty.is_a("UserError"));
            is_user_error && errors.ty == format!("[{}!]!", errors.base())
        });
        if !typed {
            found.push(violation("S3", &wanted, "must hold userErrors: [<Slice>UserError!]!"));
        }
        let mut results = payload.members.iter().filter(|member| member.name != "userErrors").peekable();
        if results.peek().is_none() {
            found.push(violation("S3", &wanted, "must hold a result"));
        }
        // A list is empty where nothing was done.
        let firm = results.filter(|result| !result.is_nullable() && !result.is_list());
        found.extend(
            firm.map(|result| {
                violation("S3", format!("{wanted}.{}", result.name), "a result must be nullable")
            }),
        );
    }
    found
}

/// S16: the permission stands on the field.
pub fn show_their_permission(sdl: &Sdl) -> Vec<Violation> {
    sdl.root("Mutation")
        .iter()
        .filter(|field| !is_excepted(WITHOUT_PERMISSION, &at(field)))
        .filter(|field| {
            field.directive("requires").is_none_or(|requires| requires.argument("permission").is_empty())
        })
        .map(|field| violation("S16", at(field), "must carry @requires(permission: …)"))
        .collect()
}

fn at(field: &Member) -> String {
    format!("Mutation.{}", field.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::lint::found;

    const GOOD: &str = "
        type Grid implements Node { id: ID! }
        interface UserError { message: String! }
        type OrgUserError implements UserError { message: String! }
        input GridCreateInput { name: String! }
        type GridCreatePayload { grid: Grid userErrors: [OrgUserError!]! }
        input SessionCreateInput { name: String! }
        type SessionCreatePayload { session: Int userErrors: [OrgUserError!]! }
        type Mutation {
          gridCreate(input: GridCreateInput!): GridCreatePayload @requires(permission: GRID_MANAGE)
          sessionCreate(input: SessionCreateInput!): SessionCreatePayload
        }";

    #[test]
    fn good_mutations_pass() {
        for rule in [are_noun_and_verb, take_one_input, answer_a_payload, show_their_permission] {
            assert_eq!(found(rule, GOOD), [""; 0]);
        }
    }

    #[test]
    fn a_verb_before_its_noun_is_found() {
        let bad = "type Grid implements Node { id: ID! }
            type Mutation { createGrid: Int grid: Int gridding: Int rowCreate: Int }";
        assert_eq!(
            found(are_noun_and_verb, bad),
            ["createGrid", "grid", "gridding", "rowCreate"]
                .map(|name| format!("S1 Mutation.{name}: not an aggregate's name followed by a verb"))
        );
    }

    #[test]
    fn another_argument_than_one_input_is_found() {
        let bad = "input GridCreateInput { clientMutationId: String }
            type Mutation {
              gridCreate(input: GridCreateInput): Int
              gridMove(id: ID!, input: GridMoveInput!): Int
              gridSink: Int
              gridTurn(input: GridTurnInput!): Int
            }";
        assert_eq!(
            found(take_one_input, bad),
            [
                "S2 Mutation.gridCreate: must take exactly input: GridCreateInput!",
                "S2 Mutation.gridMove: must take exactly input: GridMoveInput!",
                "S2 Mutation.gridSink: must take exactly input: GridSinkInput!",
                "S2 GridCreateInput: idempotency is a header, not an input",
            ]
        );
    }

    #[test]
    fn another_answer_than_a_payload_is_found() {
        let bad = "type OrgUserError implements UserError { message: String! }
            type GridCreatePayload { grid: Grid! userErrors: [OrgUserError!] }
            type GridMovePayload { userErrors: [OrgUserError!]! }
            type Mutation { gridCreate: GridCreatePayload gridMove: GridMovePayload gridSink: Grid!
              gridTurn: GridCreatePayload! }";
        assert_eq!(
            found(answer_a_payload, bad),
            [
                "S3 GridCreatePayload: must hold userErrors: [<Slice>UserError!]!",
                "S3 GridCreatePayload.grid: a result must be nullable",
                "S3 GridMovePayload: must hold a result",
                "S3 Mutation.gridSink: must answer a nullable GridSinkPayload",
                "S3 Mutation.gridTurn: must answer a nullable GridTurnPayload",
            ]
        );
    }

    #[test]
    fn a_hidden_permission_is_found() {
        let bad = "type Mutation { gridCreate: Int gridMove: Int @requires sessionCreate: Int }";
        assert_eq!(
            found(show_their_permission, bad),
            ["gridCreate", "gridMove"]
                .map(|name| format!("S16 Mutation.{name}: must carry @requires(permission: …)"))
        );
    }
}
