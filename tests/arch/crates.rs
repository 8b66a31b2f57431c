//! D1 to D3: which crate may depend on which, directly and through others.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;

use crate::source::root;

/// A crate and what it must not reach even through others.
const NEVER_REACHED: [(&str, &[&str]); 3] = [
    (
        "fengqiao-entity",
        &["fengqiao-domain", "fengqiao-api", "fengqiao-migration", "async-graphql", "axum", "redis"],
    ),
    (
        "fengqiao-migration",
        &["fengqiao-entity", "fengqiao-domain", "fengqiao-api", "async-graphql", "axum", "redis"],
    ),
    ("fengqiao-domain", &["fengqiao-api", "async-graphql", "axum", "redis"]),
];

/// A crate and what its own manifest must not name: GraphQL cannot name a row, and the API alone speaks to Redis.
const NEVER_NAMED: [(&str, &[&str]); 3] = [
    ("fengqiao-api", &["fengqiao-entity", "fengqiao-migration", "sea-orm", "sea-orm-migration", "sqlx"]),
    ("fengqiao-bench", &["redis"]),
    ("fengqiao-tests", &["redis"]),
];

/// Every package of `Cargo.lock` with the names of what it depends on.
type Graph = BTreeMap<String, BTreeSet<String>>;

fn graph(lock: &str) -> Graph {
    let mut graph = Graph::new();
    for package in lock.split("[[package]]").skip(1) {
        let quoted = |line: &str| line.split('"').nth(1).map(str::to_owned);
        let Some(name) = package.lines().find(|line| line.starts_with("name = ")).and_then(quoted) else {
            continue;
        };
        let list = package.split_once("dependencies = [").map_or("", |(_, rest)| rest);
        let names = list.split(']').next().unwrap_or_default().lines().filter_map(quoted);
        // An entry is a name, or a name and a version where there are several.
        let names = names.filter_map(|entry| entry.split(' ').next().map(str::to_owned));
        graph.entry(name).or_default().extend(names);
    }
    graph
}

/// How `from` reaches `to`, by name.
fn path(graph: &Graph, from: &str, to: &str) -> Option<Vec<String>> {
    let mut open = vec![vec![from.to_owned()]];
    let mut seen = BTreeSet::new();
    while let Some(way) = open.pop() {
        let Some(last) = way.last() else { continue };
        if last == to {
            return Some(way);
        }
        if seen.insert(last.clone()) {
            for next in graph.get(last).into_iter().flatten() {
                open.push(way.iter().cloned().chain([next.clone()]).collect());
            }
        }
    }
    None
}

fn faults(graph: &Graph) -> Vec<String> {
    let reached = NEVER_REACHED.iter().flat_map(|(from, list)| {
        list.iter().filter_map(|to| path(graph, from, to)).map(|way| way.join(" → "))
    });
    let named = NEVER_NAMED.iter().flat_map(|(from, list)| {
        let direct = graph.get(*from);
        list.iter()
            .filter(move |to| direct.is_some_and(|names| names.contains(**to)))
            .map(move |to| format!("{from} → {to}"))
    });
    reached.chain(named).collect()
}

#[test]
fn crates_depend_downwards_only() -> anyhow::Result<()> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).context("Cargo.lock")?;
    let graph = graph(&lock);
    for (name, _) in NEVER_REACHED.iter().chain(&NEVER_NAMED) {
        anyhow::ensure!(graph.contains_key(*name), "{name} is not in Cargo.lock");
    }
    anyhow::ensure!(path(&graph, "fengqiao-api", "sea-orm").is_some(), "the graph has lost its edges");
    let faults = faults(&graph);
    anyhow::ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

#[test]
fn a_forbidden_way_is_found() {
    let lock = "[[package]]\nname = \"fengqiao-domain\"\ndependencies = [\n \"innocent\",\n]\n\n\
                [[package]]\nname = \"innocent\"\ndependencies = [\n \"axum 0.8.9\",\n]\n\n\
                [[package]]\nname = \"axum\"\n\n\
                [[package]]\nname = \"fengqiao-api\"\ndependencies = [\n \"sea-orm\",\n]\n";
    assert_eq!(faults(&graph(lock)), ["fengqiao-domain → innocent → axum", "fengqiao-api → sea-orm"]);
}
