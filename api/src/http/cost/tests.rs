//! What documents cost over a small schema, counted by hand.

use async_graphql::parser::parse_query;
use async_graphql::{Variables, value};

use super::Tariff;

const SDL: &str = r#"
type Query {
  me: Person
  people(first: Int, last: Int): PersonConnection!
  near(first: Int): [Person!]!
  nodes(ids: [ID!]!): [Node]! @listSize(lengthOf: "ids")
  node(id: ID!): Node
  total: Int! @cost(weight: "7")
}
type Mutation {
  greet(input: Greeting!): GreetPayload
  greetAll(input: Greetings!): GreetPayload @listSize(lengthOf: "input.who")
  start: Int @cost(weight: "100")
}
type Subscription { changes: Change! }
interface Node { id: ID! owner: Person }
union Change = Person | Place
type Person implements Node {
  id: ID! owner: Person name: String! nicknames: [String!]!
  friends(first: Int): PersonConnection!
  children: [Person!]!
  photos: [Photo!]! @listSize(assumedSize: 9)
}
type Place implements Node { id: ID! owner: Person people(first: Int): PersonConnection! }
type Photo { url: String! by: Person }
type PersonConnection { edges: [PersonEdge!]! nodes: [Person!]! pageInfo: PageInfo! totalCount: Int! @cost(weight: "10") }
type PersonEdge { cursor: String! node: Person! }
type PageInfo { hasNextPage: Boolean! }
interface UserError { message: String! }
type GreetError implements UserError { message: String! }
type GreetPayload { person: Person results: [Result!]! userErrors: [GreetError!]! }
type Result { person: Person }
input Greeting { to: ID! }
input Greetings { who: [ID!]! }
"#;

fn cost_with(text: &str, variables: async_graphql::Value) -> u64 {
    let tariff = Tariff::of(SDL).expect("a schema");
    let document = parse_query(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let (_, operation) = document.operations.iter().next().expect("an operation");
    tariff.estimate(&document, &operation.node, &Variables::from_value(variables))
}

fn cost(text: &str) -> u64 {
    cost_with(text, value!({}))
}

#[test]
fn an_object_weighs_one_and_what_is_below_a_list_counts_for_each() {
    for (text, points) in [
        ("{ __typename }", 1),
        ("{ me { id name nicknames } }", 1),
        ("{ me { owner { owner { name } } } }", 3),
        ("{ total }", 7),
        ("{ me { children { name } } }", 1 + 10),
        ("{ me { photos { by { name } } } }", 1 + 9 * 2),
        ("{ people(first: 3) { nodes { name } } }", 1 + 3),
        ("{ people(first: 3) { edges { cursor node { owner { id } } } } }", 1 + 3 * 2),
        ("{ people { nodes { name } pageInfo { hasNextPage } totalCount } }", 1 + 20 + 10),
        ("{ people(last: 5) { nodes { name } edges { node { name } } } }", 1 + 5 + 5),
        (
            "{ people(first: 10) { nodes { friends(first: 4) { nodes { owner { id } } } } } }",
            1 + 10 * (1 + 1 + 4 * 2),
        ),
        ("{ near(first: 4) { owner { id } } }", 4 * 2),
        ("{ nodes(ids: [\"a\", \"b\"]) { id } }", 2),
        ("mutation { greet(input: {to: 1}) { person { id } userErrors { message } } }", 10 + 1),
        ("mutation { greetAll(input: {who: [1, 2, 3]}) { results { person { id } } } }", 3 * 10 + 3 * 2),
        ("mutation { start }", 100),
        ("subscription { changes { ... on Person { owner { id } } ... on Place { id } } }", 1 + 1),
    ] {
        assert_eq!(cost(text), points, "{text}");
    }
}

#[test]
fn sizes_come_from_variables_and_their_defaults_and_are_those_that_a_page_can_have() {
    let text = "query($n: Int = 7, $ids: [ID!]! = []) { people(first: $n) { nodes { id } } nodes(ids: $ids) { id } }";
    assert_eq!(cost(text), 1 + 7 + 1);
    assert_eq!(cost_with(text, value!({"n": 50, "ids": ["a", "b", "c"]})), 1 + 50 + 3);
    assert_eq!(cost_with(text, value!({"n": null})), 1 + 20 + 1);
    assert_eq!(cost("query($n: Int) { people(first: $n) { nodes { id } } }"), 21);
    for wrong in ["2147483647", "-1", "\"x\"", "[1]"] {
        let text = format!("{{ people(first: {wrong}) {{ nodes {{ id }} }} }}");
        assert!((1..=101).contains(&cost(&text)), "what no page can be is refused by its field: {text}");
    }
    let all = "mutation($all: Greetings!) { greetAll(input: $all) { person { id } } }";
    assert_eq!(cost_with(all, value!({"all": {"who": [1, 2, 3, 4]}})), 41);
    let some = "mutation($who: [ID!]!) { greetAll(input: {who: $who}) { person { id } } }";
    assert_eq!(cost_with(some, value!({"who": [1, 2]})), 21);
}

#[test]
fn fragments_aliases_and_conditions_hide_nothing() {
    let written = cost("{ people(first: 9) { nodes { owner { id } friends(first: 2) { nodes { id } } } } }");
    for text in [
        "{ ...All } fragment All on Query { people(first: 9) { ...Page } } \
         fragment Page on PersonConnection { nodes { ...One } } \
         fragment One on Person { owner { id } ... { friends(first: 2) { ... on PersonConnection { nodes { id } } } } }",
        "query($no: Boolean = false) { people(first: 9) { nodes @include(if: $no) { owner @skip(if: true) { id } \
         friends(first: 2) { nodes { id } } } } }",
    ] {
        assert_eq!(cost(text), written, "{text}");
    }
    assert_eq!(cost("{ a: me { id } b: me { id } c: people { nodes { id } } }"), 1 + 1 + 21);
}

#[test]
fn of_types_that_a_document_tells_apart_the_dearest_counts() {
    let text = "{ node(id: 1) { owner { id } ... on Person { children { id } } ...P ... on Node { owner { id } } } } \
                fragment P on Place { people(first: 50) { nodes { id } } }";
    assert_eq!(cost(text), 1 + 1 + 51 + 1);
    assert_eq!(cost("{ node(id: 1) { ... on Person { owner { id } } ... on Person { owner { id } } } }"), 3);
}

#[test]
fn a_bomb_costs_more_than_anything_and_is_weighed_at_once() {
    let nested = (0..14)
        .fold("nodes { id }".to_owned(), |below, _| format!("nodes {{ friends(first: 100) {{ {below} }} }}"));
    assert_eq!(cost(&format!("{{ people(first: 100) {{ {nested} }} }}")), u64::MAX);
    let chain = (0..40).fold(String::new(), |text, number| {
        let next = format!("...f{} ", number + 1);
        format!("{text} fragment f{number} on Person {{ a: owner {{ {next}}} b: owner {{ {next}}} c: children {{ {next}}} }}")
    });
    assert_eq!(cost(&format!("{{ me {{ ...f0 }} }} {chain} fragment f40 on Person {{ id }}")), u64::MAX);
}

#[test]
fn the_usual_question_for_the_schema_passes_and_one_in_a_circle_does_not() {
    let types = (0..9).fold("name".to_owned(), |below, _| format!("kind ofType {{ {below} }}"));
    let usual = format!(
        "{{ __schema {{ queryType {{ name }} directives {{ args {{ type {{ {types} }} }} }} types {{ interfaces {{ {types} }} \
         possibleTypes {{ {types} }} enumValues {{ name }} inputFields {{ type {{ {types} }} }} \
         fields {{ args {{ type {{ {types} }} }} type {{ {types} }} }} }} }} }}"
    );
    assert!((500..3_000).contains(&cost(&usual)), "{}", cost(&usual));
    let circle = (0..3).fold("name".to_owned(), |below, _| format!("fields {{ type {{ {below} }} }}"));
    assert!(cost(&format!("{{ __schema {{ types {{ {circle} }} }} }}")) > 10_000);
    assert_eq!(cost("{ __type(name: \"Person\") { name } }"), 10);
}

#[test]
fn what_is_not_in_the_schema_is_left_to_validation() {
    assert_eq!(cost("{ nope { nope { id } } me { ...Nope nope(first: 9) { nodes { id } } } }"), 1);
    assert!(Tariff::of("type {").is_err());
}
