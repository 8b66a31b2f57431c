//! Documents that look small and are not (G1), and that what is counted is what is there.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use fengqiao_api::http::DocumentLimits;
use fengqiao_api::http::precheck::{Refusal, check};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;

use crate::server::Server;
use crate::socket::Socket;

/// `length` fragments that each spread the next one `ways` times.
fn bomb(operation: &str, length: usize, ways: usize) -> String {
    let mut document = format!("{operation} {{ ...f0 }} ");
    for number in 0..length {
        let spread = format!("...f{} ", number + 1).repeat(ways);
        write!(document, "fragment f{number} on Query {{ {spread}}} ").expect("a string");
    }
    write!(document, "fragment f{length} on Query {{ __typename }}").expect("a string");
    document
}

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
                server
                    .query(&document)
                    .header("accept", "text/event-stream"),
                server.post(&json!({
                    "query": document,
                    "extensions": {"persistedQuery": {"version": 1, "sha256Hash": "ab"}},
                })),
            ];
            for request in requests {
                let begun = Instant::now();
                let bombed = request.clone().send();
                let beside = async {
                    let begun = Instant::now();
                    let reply = server.query("{ __typename }").send().await;
                    (reply.status, begun.elapsed())
                };
                let (bombed, (status, beside)) = tokio::join!(bombed, beside);
                assert!(
                    begun.elapsed() < Duration::from_millis(500),
                    "{:?}",
                    begun.elapsed()
                );
                assert_eq!(status, 200);
                assert!(beside < Duration::from_millis(500), "{beside:?}");
                let text = bombed.text();
                assert!(
                    text.contains("BAD_REQUEST") && text.contains("max_expanded_selections"),
                    "{text}"
                );
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

#[test]
fn a_bomb_costs_no_more_than_its_text() {
    for ways in [2, 3, 10, 100] {
        let document = bomb("query", 31, ways);
        let limits = DocumentLimits {
            max_tokens: 100_000,
            max_depth: 100,
            ..DocumentLimits::default()
        };
        let begun = Instant::now();
        let refused = check(&document, None, &limits);
        assert!(
            begun.elapsed() < Duration::from_millis(300),
            "{:?}",
            begun.elapsed()
        );
        assert!(matches!(
            refused,
            Err(Refusal::Exceeded {
                limit: "max_expanded_selections",
                ..
            })
        ));
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
            let document = format!(
                "{before}{}{middle}{}",
                open.repeat(levels),
                close.repeat(levels)
            );
            let reply = server.query(&document).send().await;
            assert_eq!(
                (reply.status, reply.code().as_str()),
                (400, "BAD_REQUEST"),
                "{open} {levels}"
            );
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
            assert_eq!(
                (reply.status, reply.code().as_str()),
                (400, "BAD_REQUEST"),
                "{document}"
            );
            assert!(reply.message().contains("circle"), "{}", reply.message());
        }
    }
}

/// A small selection set, and how it is written.
#[derive(Debug, Clone)]
enum Selection {
    Field { alias: bool, below: Vec<Selection> },
    Spread(usize),
    Inline(Vec<Selection>),
}

#[derive(Debug, Clone)]
struct Document {
    operations: Vec<Vec<Selection>>,
    fragments: Vec<Vec<Selection>>,
}

fn selections() -> impl Strategy<Value = Vec<Selection>> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(|alias| Selection::Field {
            alias,
            below: Vec::new()
        }),
        (0..4_usize).prop_map(Selection::Spread),
    ];
    let selection = leaf.prop_recursive(3, 12, 3, |inner| {
        let set = prop::collection::vec(inner, 1..4);
        prop_oneof![
            (any::<bool>(), set.clone())
                .prop_map(|(alias, below)| Selection::Field { alias, below }),
            set.prop_map(Selection::Inline),
        ]
    });
    prop::collection::vec(selection, 1..4)
}

fn documents() -> impl Strategy<Value = Document> {
    (
        prop::collection::vec(selections(), 1..3),
        prop::collection::vec(selections(), 0..4),
    )
        .prop_map(|(operations, fragments)| Document {
            operations,
            fragments,
        })
}

fn write_set(set: &[Selection], text: &mut String) {
    text.push_str("{ ");
    for selection in set {
        match selection {
            Selection::Field { alias, below } => {
                text.push_str(if *alias { "x: a " } else { "a " });
                if !below.is_empty() {
                    write_set(below, text);
                }
            }
            Selection::Spread(fragment) => write!(text, "...f{fragment} ").expect("a string"),
            Selection::Inline(set) => {
                text.push_str("... ");
                write_set(set, text);
            }
        }
    }
    text.push_str("} ");
}

impl Document {
    fn text(&self) -> String {
        let mut text = String::new();
        for (number, operation) in self.operations.iter().enumerate() {
            write!(text, "query q{number} ").expect("a string");
            write_set(operation, &mut text);
        }
        for (number, fragment) in self.fragments.iter().enumerate() {
            write!(text, "fragment f{number} on T ").expect("a string");
            write_set(fragment, &mut text);
        }
        text
    }

    /// Whether some fragment comes back to itself, by following every path.
    fn has_circle(&self) -> bool {
        (0..self.fragments.len())
            .any(|fragment| self.reaches(&self.fragments[fragment], fragment, 0))
    }

    fn reaches(&self, set: &[Selection], wanted: usize, steps: usize) -> bool {
        steps <= self.fragments.len()
            && set.iter().any(|selection| match selection {
                Selection::Field { below, .. } => self.reaches(below, wanted, steps),
                Selection::Inline(set) => self.reaches(set, wanted, steps),
                Selection::Spread(fragment) => {
                    *fragment == wanted
                        || self
                            .fragments
                            .get(*fragment)
                            .is_some_and(|set| self.reaches(set, wanted, steps + 1))
                }
            })
    }

    /// Writes every spread out, and counts: selections, fields at the root, aliases, depth.
    fn expand(&self, set: &[Selection]) -> [u64; 4] {
        let mut sum = [0, 0, 0, 1];
        for selection in set {
            let (here, inner) = match selection {
                Selection::Field { alias, below } => {
                    sum[1] += 1;
                    sum[2] += u64::from(*alias);
                    (false, (!below.is_empty()).then(|| self.expand(below)))
                }
                Selection::Spread(fragment) => (
                    true,
                    self.fragments.get(*fragment).map(|set| self.expand(set)),
                ),
                Selection::Inline(set) => (true, Some(self.expand(set))),
            };
            sum[0] += 1;
            if let Some(inner) = inner {
                sum[0] += inner[0];
                sum[1] += if here { inner[1] } else { 0 };
                sum[2] += inner[2];
                sum[3] = sum[3].max(inner[3] + 1);
            }
        }
        sum
    }
}

/// What the check counts, found by the smallest limit that passes.
fn counted(
    text: &str,
    expected: u64,
    set: impl Fn(&mut DocumentLimits, u64),
) -> Result<(), TestCaseError> {
    let mut limits = DocumentLimits {
        max_expanded_selections: u64::MAX,
        max_depth: u64::MAX,
        max_root_fields: u64::MAX,
        max_aliases: u64::MAX,
        ..DocumentLimits::default()
    };
    set(&mut limits, expected);
    prop_assert!(
        check(text, Some("q0"), &limits).is_ok(),
        "{text} at {expected}"
    );
    if let Some(less) = expected.checked_sub(1) {
        set(&mut limits, less);
        let refused = check(text, Some("q0"), &limits);
        prop_assert!(
            matches!(refused, Err(Refusal::Exceeded { found, .. }) if found == expected),
            "{text} below {expected}"
        );
    }
    Ok(())
}

#[test]
fn what_is_counted_is_what_writing_it_out_gives() {
    let config = Config {
        cases: 500,
        failure_persistence: None,
        ..Config::default()
    };
    let seed = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let circles = Cell::new(0);
    TestRunner::new_with_rng(config, seed)
        .run(&documents(), |document| {
            let text = document.text();
            if document.has_circle() {
                circles.set(circles.get() + 1);
                let refused = check(&text, Some("q0"), &DocumentLimits::default());
                prop_assert!(matches!(refused, Err(Refusal::Circle(_))), "{text}");
                return Ok(());
            }
            let sums: Vec<_> = document
                .operations
                .iter()
                .map(|set| document.expand(set))
                .collect();
            let most = |index: usize| sums.iter().map(|sum| sum[index]).max().unwrap_or_default();
            let selections = sums.iter().map(|sum| sum[0]).sum();
            counted(&text, selections, |limits, value| {
                limits.max_expanded_selections = value
            })?;
            // Root fields, aliases and depth are judged for each operation; the largest decides.
            if sums.len() == 1 {
                counted(&text, most(1), |limits, value| {
                    limits.max_root_fields = value
                })?;
                counted(&text, most(2), |limits, value| limits.max_aliases = value)?;
                counted(&text, most(3), |limits, value| limits.max_depth = value)?;
            }
            Ok(())
        })
        .expect("holds for every document");
    assert!(
        circles.get() > 20,
        "the generator hardly makes circles: {circles:?}"
    );
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
    let config = Config {
        cases: 2_000,
        failure_persistence: None,
        ..Config::default()
    };
    let seed = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
    let limits = DocumentLimits {
        max_nesting: 2,
        ..DocumentLimits::default()
    };
    TestRunner::new_with_rng(config, seed)
        .run(&texts, |text| {
            // Whatever passes with two levels must parse to no more than two selection sets in depth.
            if let Ok(checked) = check(&text, None, &limits) {
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
    if set.items.is_empty() {
        0
    } else {
        1 + below.max().unwrap_or_default()
    }
}

#[test]
fn the_operation_that_runs_is_the_one_that_is_named() {
    let document = "query A { a b } mutation B { c }";
    let limits = DocumentLimits::default();
    let kinds: HashMap<_, _> = ["A", "B"]
        .into_iter()
        .map(|name| (name, check(document, Some(name), &limits).expect("passes")))
        .collect();
    assert_eq!((kinds["A"].root_fields, kinds["B"].root_fields), (2, 1));
    assert_eq!(
        kinds["A"].kind,
        async_graphql::parser::types::OperationType::Query
    );
    assert_eq!(
        kinds["B"].kind,
        async_graphql::parser::types::OperationType::Mutation
    );
    for (document, name) in [
        (document, None),
        (document, Some("C")),
        ("{ a }", Some("A")),
        ("{ a }", Some("")),
    ] {
        assert!(
            matches!(check(document, name, &limits), Err(Refusal::Syntax(_))),
            "{document} {name:?}"
        );
    }
}
