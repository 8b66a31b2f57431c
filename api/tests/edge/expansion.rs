//! What the pre-check counts is what writing every fragment out gives (G1), on random small documents.

use std::cell::Cell;
use std::fmt::Write as _;

use async_graphql::Variables;
use fengqiao_api::http::DocumentLimits;
use fengqiao_api::http::precheck::{Refusal, check};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

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
        any::<bool>().prop_map(|alias| Selection::Field { alias, below: Vec::new() }),
        (0..4_usize).prop_map(Selection::Spread),
    ];
    let selection = leaf.prop_recursive(3, 12, 3, |inner| {
        let set = prop::collection::vec(inner, 1..4);
        prop_oneof![
            (any::<bool>(), set.clone()).prop_map(|(alias, below)| Selection::Field { alias, below }),
            set.prop_map(Selection::Inline),
        ]
    });
    prop::collection::vec(selection, 1..4)
}

fn documents() -> impl Strategy<Value = Document> {
    (prop::collection::vec(selections(), 1..3), prop::collection::vec(selections(), 0..4))
        .prop_map(|(operations, fragments)| Document { operations, fragments })
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
        (0..self.fragments.len()).any(|fragment| self.reaches(&self.fragments[fragment], fragment, 0))
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
                Selection::Spread(fragment) => {
                    (true, self.fragments.get(*fragment).map(|set| self.expand(set)))
                }
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
fn counted(text: &str, expected: u64, set: impl Fn(&mut DocumentLimits, u64)) -> Result<(), TestCaseError> {
    let mut limits = DocumentLimits {
        max_expanded_selections: u64::MAX,
        max_depth: u64::MAX,
        max_root_fields: u64::MAX,
        max_aliases: u64::MAX,
        ..DocumentLimits::default()
    };
    set(&mut limits, expected);
    prop_assert!(check(text, Some("q0"), &Variables::default(), &limits).is_ok(), "{text} at {expected}");
    if let Some(less) = expected.checked_sub(1) {
        set(&mut limits, less);
        let refused = check(text, Some("q0"), &Variables::default(), &limits);
        prop_assert!(
            matches!(refused, Err(Refusal::Exceeded { found, .. }) if found == expected),
            "{text} below {expected}"
        );
    }
    Ok(())
}

#[test]
fn what_is_counted_is_what_writing_it_out_gives() {
    let config = Config { cases: 500, failure_persistence: None, ..Config::default() };
    let seed = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let circles = Cell::new(0);
    TestRunner::new_with_rng(config, seed)
        .run(&documents(), |document| {
            let text = document.text();
            if document.has_circle() {
                circles.set(circles.get() + 1);
                let refused = check(&text, Some("q0"), &Variables::default(), &DocumentLimits::default());
                prop_assert!(matches!(refused, Err(Refusal::Circle(_))), "{text}");
                return Ok(());
            }
            let sums: Vec<_> = document.operations.iter().map(|set| document.expand(set)).collect();
            let most = |index: usize| sums.iter().map(|sum| sum[index]).max().unwrap_or_default();
            let selections = sums.iter().map(|sum| sum[0]).sum();
            counted(&text, selections, |limits, value| {
                limits.max_expanded_selections = value;
            })?;
            // Root fields, aliases and depth are judged for each operation; the largest decides.
            if sums.len() == 1 {
                counted(&text, most(1), |limits, value| {
                    limits.max_root_fields = value;
                })?;
                counted(&text, most(2), |limits, value| limits.max_aliases = value)?;
                counted(&text, most(3), |limits, value| limits.max_depth = value)?;
            }
            Ok(())
        })
        .expect("holds for every document");
    assert!(circles.get() > 20, "the generator hardly makes circles: {circles:?}");
}
