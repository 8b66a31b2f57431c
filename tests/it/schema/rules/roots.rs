//! S17 and S19: how one enters the schema, and that acts, events and mutations are one list.

use std::collections::BTreeSet;

use super::{Exception, is_excepted, lower_camel, nodes, upper_camel, violation};
use crate::schema::lint::Violation;
use crate::schema::sdl::{Kind, Sdl};

/// Lists at the root that are not the plural of what they hold.
pub const OF_OTHER_NAME: &[Exception] = &[
    ("Query.attachmentsWaiting", "the caller's own that are attached to nothing yet, never all"),
    ("Query.inbox", "the caller's own cases, by what they wait for"),
];

/// Words that say nothing before or after a noun.
const FILLERS: [&str; 5] = ["get", "all", "list", "fetch", "find"];

/// S19: `viewer` for "me", the plural for a list, the singular for a lookup; no `get`, `all`, `List`.
pub fn are_plural_or_singular(sdl: &Sdl) -> Vec<Violation> {
    let mut found = vec![];
    if sdl.root("Query").iter().all(|field| field.name != "viewer") {
        found.push(violation("S19", "Query", "must hold viewer"));
    }
    for field in sdl.root("Query") {
        let at = format!("Query.{}", field.name);
        let is_filled = FILLERS.iter().any(|word| {
            let rest = field.name.strip_prefix(word);
            rest.is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
        });
        if is_filled || field.name.ends_with("List") {
            found.push(violation("S19", &at, "say the noun alone"));
        }
        if let Some(node) = field.base().strip_suffix("Connection") {
            let wanted = plural(&lower_camel(node));
            if field.name != wanted && !is_excepted(OF_OTHER_NAME, &at) {
                found.push(violation("S19", &at, format!("a list of these is called {wanted}")));
            }
        }
        let looks_up = field.argument("id").is_some();
        if looks_up && (field.name != lower_camel(field.base()) || !field.is_nullable()) {
            found.push(violation("S19", &at, "a lookup is nullable and called as what it finds"));
        }
        if field.name.contains("By") && !field.is_nullable() {
            found.push(violation("S19", &at, "a lookup is nullable"));
        }
    }
    found.extend(sdl.root("Subscription").iter().flat_map(|field| events(sdl, &field.name, &field.ty)));
    found
}

/// S17: `importProgress: Import!` or `caseChanged: Case!`, which is the thing itself whenever it got on or changed; of
/// what is no thing by itself, `inboxChanged: InboxChange!` and `unitPulse: UnitPulse!`. Nothing of a field that is
/// called otherwise.
fn as_a_whole(at: &str, field: &str, ty: &str) -> Option<Vec<Violation>> {
    let kinds = [("Progress", ["", ""]), ("Changed", ["", "Change"]), ("Pulse", ["Pulse", "Pulse"])];
    let (noun, answers) =
        kinds.into_iter().find_map(|(suffix, answers)| Some((field.strip_suffix(suffix)?, answers)))?;
    let wanted = answers.map(|answer| format!("{}{answer}!", upper_camel(noun)));
    if wanted.iter().any(|wanted| wanted == ty) {
        return Some(vec![]);
    }
    Some(vec![violation("S17", at, format!("must answer {}", wanted[0]))])
}

/// S17: `caseEvents: CaseStreamItem!`, whose events are as many as the aggregate's acts and mutations.
fn events(sdl: &Sdl, field: &str, ty: &str) -> Vec<Violation> {
    let at = format!("Subscription.{field}");
    if let Some(found) = as_a_whole(&at, field, ty) {
        return found;
    }
    let Some(noun) = field.strip_suffix("Events") else {
        let what =
            "is called after its aggregate: <noun>Events, <noun>Progress, <noun>Changed or <noun>Pulse";
        return vec![violation("S17", at, what)];
    };
    let aggregate = upper_camel(noun);
    let mut found = vec![];
    if ty != format!("{aggregate}StreamItem!") {
        found.push(violation("S17", &at, format!("must answer {aggregate}StreamItem!")));
    }
    let members = |union: &str| -> Vec<&str> {
        let union = sdl.get(union).filter(|ty| ty.kind == Kind::Union);
        union.into_iter().flat_map(|ty| ty.members.iter().map(|member| member.name.as_str())).collect()
    };
    let items: BTreeSet<&str> = members(&format!("{aggregate}StreamItem")).into_iter().collect();
    if items != BTreeSet::from([format!("{aggregate}EventDelivery").as_str(), "Resync"]) {
        let what = format!("{aggregate}StreamItem must be {aggregate}EventDelivery or Resync");
        found.push(violation("S17", &at, what));
    }
    let events = members(&format!("{aggregate}Event"));
    let strange = events
        .iter()
        .filter(|event| !event.starts_with(&aggregate) || !sdl.get(event).is_some_and(|ty| ty.is_a("Event")));
    found.extend(strange.map(|event| violation("S17", *event, format!("must be {aggregate}… and an Event"))));
    let acts: BTreeSet<String> = sdl
        .get(&format!("{aggregate}ActKind"))
        .into_iter()
        .flat_map(|ty| ty.members.iter().map(|act| camel(&act.name)))
        .collect();
    // What is done to an aggregate whose name is longer is none of these: `caseSampleCreate`.
    let longer: Vec<String> = nodes(sdl)
        .map(lower_camel)
        .filter(|other| other.len() > noun.len() && other.starts_with(noun))
        .collect();
    let of_another = |name: &str| {
        longer.iter().any(|other| {
            let verb = name.strip_prefix(other.as_str()).unwrap_or_default();
            verb.starts_with(|first: char| first.is_ascii_uppercase())
        })
    };
    let mutations: BTreeSet<String> = sdl
        .root("Mutation")
        .iter()
        .filter(|field| !of_another(&field.name))
        .filter_map(|field| field.name.strip_prefix(noun))
        .filter(|verb| verb.starts_with(|first: char| first.is_ascii_uppercase()))
        .map(str::to_owned)
        .collect();
    if acts != mutations || acts.len() != events.len() {
        let what =
            format!("acts {acts:?}, mutations {mutations:?} and {} events are not one list", events.len());
        found.push(violation("S17", at, what));
    }
    found
}

/// `HAND_UP` as `HandUp`.
fn camel(screaming: &str) -> String {
    screaming.split('_').map(|word| upper_camel(&word.to_lowercase())).collect()
}

fn plural(noun: &str) -> String {
    let after_a_vowel = |stem: &str| stem.ends_with(['a', 'e', 'i', 'o', 'u']);
    match noun.strip_suffix('y') {
        Some(stem) if !after_a_vowel(stem) => format!("{stem}ies"),
        _ if noun.ends_with(['s', 'x']) || noun.ends_with("ch") => format!("{noun}es"),
        _ => format!("{noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::lint::found;

    const STREAM: &str = "
        union CaseEvent = CaseHandedUp
        union CaseStreamItem = CaseEventDelivery | Resync
        enum CaseActKind { HAND_UP }
        type CaseHandedUp implements Event { id: ID! }
        type Subscription { caseEvents: CaseStreamItem! }";

    #[test]
    fn nouns_pass() {
        let good = format!(
            "{STREAM} type Mutation {{ caseHandUp: Int categoryUpdate: Int }}
             type Query {{ viewer: Viewer case(id: ID!): Case caseByNumber: Case cases: CaseConnection!
               categories: CategoryConnection! roleGrants: RoleGrantConnection! inbox: CaseConnection! }}"
        );
        assert_eq!(found(are_plural_or_singular, &good), [""; 0]);
    }

    #[test]
    fn fillers_and_wrong_numbers_are_found() {
        let bad = "type Query { getCase: Case caseList: [Case!]! categorys: CategoryConnection!
            matter(id: ID!): Case case(id: ID!): Case! caseByNumber: Case! }";
        assert_eq!(
            found(are_plural_or_singular, bad),
            [
                "S19 Query: must hold viewer",
                "S19 Query.getCase: say the noun alone",
                "S19 Query.caseList: say the noun alone",
                "S19 Query.categorys: a list of these is called categories",
                "S19 Query.matter: a lookup is nullable and called as what it finds",
                "S19 Query.case: a lookup is nullable and called as what it finds",
                "S19 Query.caseByNumber: a lookup is nullable",
            ]
        );
    }

    #[test]
    fn acts_without_events_are_found() {
        let bad = format!(
            "{STREAM} type Query {{ viewer: Int }} type Mutation {{ caseHandUp: Int caseClose: Int }}"
        );
        assert_eq!(
            found(are_plural_or_singular, &bad),
            [
                "S17 Subscription.caseEvents: acts {\"HandUp\"}, mutations {\"Close\", \"HandUp\"} and 1 events are \
                 not one list"
            ]
        );
        let bad = "type Query { viewer: Int } union CaseEvent = Closed union CaseStreamItem = CaseEvent
            type Closed { id: ID! } type Subscription { caseEvents: CaseEvent! gridChanged: Int unitPulse: Unit! gridMoved: Grid! }";
        assert_eq!(
            found(are_plural_or_singular, bad),
            [
                "S17 Subscription.caseEvents: must answer CaseStreamItem!",
                "S17 Subscription.caseEvents: CaseStreamItem must be CaseEventDelivery or Resync",
                "S17 Closed: must be Case… and an Event",
                "S17 Subscription.caseEvents: acts {}, mutations {} and 1 events are not one list",
                "S17 Subscription.gridChanged: must answer Grid!",
                "S17 Subscription.unitPulse: must answer UnitPulse!",
                "S17 Subscription.gridMoved: is called after its aggregate: <noun>Events, <noun>Progress, <noun>Changed \
                 or <noun>Pulse",
            ]
        );
    }
}
