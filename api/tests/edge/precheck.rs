//! Documents that look small and are not (G1), and that what is counted is what is there.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use async_graphql::Variables;
use fengqiao_api::http::DocumentLimits;
use fengqiao_api::http::precheck::{Refusal, check};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;

use crate::documents::bomb;
use crate::server::Server;
use crate::socket::Socket;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fragment_bomb_is_refused_at_once_on_every_way_in() {
    let server = Server::start().await;
    for ways in [2, 3, 10] {
        for operation in ["query", "mutation", "subscription"] {
            let document = bomb(operation, 29, ways);
            assert!(document.len() < 3_500);
            let requests = [
                server.query(&document),
                server.query(&document).strict(),
                server.get(&document),
                server.query(&document).header("accept", "text/event-stream"),
                server.post(&json!({
                    "query": document,
                    "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "ab"}},
                })),
            ];
            for request in requests {
                let begun = Instant::now();
                let (bombed, (status, beside)) = tokio::join!(request.send(), beside(&server));
                assert!(begun.elapsed() < Duration::from_millis(500), "{:?}", begun.elapsed());
                assert_eq!(status, 200);
                assert!(beside < Duration::from_millis(500), "{beside:?}");
                let text = bombed.text();
                assert!(text.contains("BAD_REQUEST") && text.contains("max_expanded_selections"), "{text}");
            }
            let mut socket = Socket::acknowledged(&server).await;
            let begun = Instant::now();
            socket.subscribe("bomb", &document).await;
            let refused = socket.next().await;
            assert!(begun.elapsed() < Duration::from_millis(500));
            assert_eq!(refused["type"], "error");
            assert_eq!(refused["payload"][0]["extensions"]["code"], "BAD_REQUEST");
        }
    }
}

/// A harmless query, and how long it took.
async fn beside(server: &Server) -> (u16, Duration) {
    let begun = Instant::now();
    let reply = server.query("{ __typename }").send().await;
    (reply.status, begun.elapsed())
}

#[test]
fn a_bomb_costs_no_more_than_its_text() {
    for ways in [2, 3, 10, 100] {
        let document = bomb("query", 31, ways);
        let limits = DocumentLimits { max_tokens: 100_000, max_depth: 100, ..DocumentLimits::default() };
        let begun = Instant::now();
        let refused = check(&document, None, &Variables::default(), &limits);
        assert!(begun.elapsed() < Duration::from_millis(300), "{:?}", begun.elapsed());
        assert!(matches!(refused, Err(Refusal::Exceeded { limit: "max_expanded_selections", .. })));
    }
}

#[tokio::test]
async fn deep_documents_do_not_overflow_the_stack() {
    let server = Server::start().await;
    let nests: [(&str, &str, &str, &str); 5] = [
        ("{ a", "{ a", "", "} "),
        ("{ a(b: ", "[", "1", "]"),
        ("{ a(b: ", "{c: ", "1", "}"),
        ("query($a: ", "[", "Int", "]"),
        ("{ ", "... { ", "a", "} "),
    ];
    for (before, open, middle, close) in nests {
        for levels in [65, 3_000, 15_000] {
            let document = format!("{before}{}{middle}{}", open.repeat(levels), close.repeat(levels));
            let reply = server.query(&document).send().await;
            assert_eq!((reply.status, reply.code().as_str()), (400, "BAD_REQUEST"), "{open} {levels}");
        }
    }
    let unclosed = server.query(&"{a".repeat(30_000)).send().await;
    assert_eq!(unclosed.status, 400);
    assert_eq!(server.query("{ hello }").send().await.status, 200);
}

#[tokio::test]
async fn circles_are_400() {
    let server = Server::start().await;
    for document in [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { node { id } ...A }",
        "{ hello } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ ...A } fragment A on Query { node { ...B } } fragment B on Node { node { ...B } }",
    ] {
        for request in [server.query(document), server.query(document).strict()] {
            let reply = request.send().await;
            assert_eq!((reply.status, reply.code().as_str()), (400, "BAD_REQUEST"), "{document}");
            assert!(reply.message().contains("circle"), "{}", reply.message());
        }
    }
}

#[test]
fn the_lexer_sees_every_bracket_that_the_parser_sees() {
    let piece = prop_oneof![
        Just("{ a "),
        Just("} "),
        Just("[ "),
        Just("] "),
        Just("( a: "),
        Just(") "),
        Just("a "),
        Just("... "),
        Just("\""),
        Just("\"\"\""),
        Just("\\\"\"\""),
        Just("\\\""),
        Just("# "),
        Just("\n"),
        Just("query "),
        Just("$a "),
        Just(": "),
        Just("1 "),
        Just("-1.5e3 "),
        Just("@d "),
        Just("= "),
        Just("! "),
        Just("é"),
    ];
    let texts = prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat());
    let config = Config { cases: 2_000, failure_persistence: None, ..Config::default() };
    let seed = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
    let limits = DocumentLimits { max_nesting: 2, ..DocumentLimits::default() };
    TestRunner::new_with_rng(config, seed)
        .run(&texts, |text| {
            // Whatever passes with two levels must parse to no more than two selection sets in depth.
            if let Ok(checked) = check(&text, None, &Variables::default(), &limits) {
                let depth = checked
                    .document
                    .operations
                    .iter()
                    .map(|(_, operation)| depth(&operation.node.selection_set.node))
                    .max();
                prop_assert!(depth <= Some(2), "{text}");
            }
            Ok(())
        })
        .expect("holds for every text");
}

fn depth(set: &async_graphql::parser::types::SelectionSet) -> usize {
    use async_graphql::parser::types::Selection;
    let below = set.items.iter().map(|selection| match &selection.node {
        Selection::Field(field) => depth(&field.node.selection_set.node),
        Selection::InlineFragment(inline) => depth(&inline.node.selection_set.node),
        Selection::FragmentSpread(_) => 0,
    });
    if set.items.is_empty() { 0 } else { 1 + below.max().unwrap_or_default() }
}

#[test]
fn the_operation_that_runs_is_the_one_that_is_named() {
    let document = "query A { a b } mutation B { c }";
    let limits = DocumentLimits::default();
    let kinds: HashMap<_, _> = ["A", "B"]
        .into_iter()
        .map(|name| (name, check(document, Some(name), &Variables::default(), &limits).expect("passes")))
        .collect();
    assert_eq!((kinds["A"].root_fields, kinds["B"].root_fields), (2, 1));
    assert_eq!(kinds["A"].kind, async_graphql::parser::types::OperationType::Query);
    assert_eq!(kinds["B"].kind, async_graphql::parser::types::OperationType::Mutation);
    for (document, name) in
        [(document, None), (document, Some("C")), ("{ a }", Some("A")), ("{ a }", Some(""))]
    {
        assert!(
            matches!(check(document, name, &Variables::default(), &limits), Err(Refusal::Syntax(_))),
            "{document} {name:?}"
        );
    }
}

#[test]
fn a_mutation_never_names_one_response_key_twice() {
    let check = |document: &str| check(document, None, &Variables::default(), &DocumentLimits::default());
    for twice in [
        "mutation { a a }",
        "mutation { a b: a ... { a } }",
        "mutation { ...F a } fragment F on M { a }",
        "mutation { ...F ...F } fragment F on M { a }",
    ] {
        assert!(matches!(check(twice), Err(Refusal::Repeated(key)) if key == "a"), "{twice}");
    }
    for once in ["mutation { a b: a }", "{ a a }", "mutation { a { b b } }"] {
        assert!(check(once).is_ok(), "{once}");
    }
}

#[test]
fn defaults_of_variables_are_known_before_the_executor_runs() {
    let document = "query ($y: Boolean = true, $n: Int) { a @skip(if: $y) b(n: $n) }";
    let checked = check(document, None, &Variables::default(), &DocumentLimits::default()).expect("sound");
    let expected = vec![(async_graphql::Name::new("y"), async_graphql::Value::Boolean(true))];
    assert_eq!(checked.defaults, expected);
}
