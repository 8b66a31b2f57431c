//! What the documents say about the house is so: every path they name exists, and both READMEs name the same.

mod clauses;
mod glossary;
mod programmes;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Endings of files that live in this repository.
const ENDINGS: [&str; 12] =
    [".rs", ".md", ".toml", ".sql", ".csv", ".yml", ".html", ".graphql", ".mjs", ".json", ".sh", ".lock"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The documents, by path from the root.
fn documents() -> Vec<String> {
    let mut found = vec!["README.md".to_owned(), "README.zh-CN.md".to_owned(), "demo/README.md".to_owned()];
    for folder in ["docs", "docs/adr"] {
        let entries = std::fs::read_dir(root().join(folder)).into_iter().flatten().flatten();
        let files = entries.map(|entry| entry.path()).filter(|path| path.is_file());
        let names = files.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()));
        found.extend(names.map(|name| format!("{folder}/{name}")));
    }
    found.sort();
    found
}

fn text_of(document: &str) -> String {
    std::fs::read_to_string(root().join(document)).unwrap_or_default()
}

/// What stands in backticks outside of fenced blocks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let outside = text.split("```").step_by(2);
    outside.flat_map(|part| part.lines()).flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// Where the document's links lead, those out of the repository left out.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://") && !target.starts_with('#'))
}

/// Whether a quoted text claims to be a path of this repository: it begins with a folder of the root, or
/// it has folders and ends like a file of ours.
fn is_path(quoted: &str) -> bool {
    let is_plain = quoted.chars().all(|letter| letter.is_ascii_alphanumeric() || "/._-".contains(letter));
    let (first, has_folder) = match quoted.split_once('/') {
        Some((first, _)) => (first, true),
        None => (quoted, false),
    };
    let in_root = !first.is_empty() && root().join(first).is_dir();
    let is_file = ENDINGS.iter().any(|ending| quoted.ends_with(ending));
    is_plain && has_folder && !first.is_empty() && first != "." && (in_root || is_file)
}

fn exists(path: &str, folder: &Path) -> bool {
    root().join(path).exists() || folder.join(path).exists()
}

#[test]
fn every_path_in_a_document_exists() {
    let mut missing = vec![];
    for document in documents() {
        let text = text_of(&document);
        let file = root().join(&document);
        let folder = file.parent().unwrap_or(&file);
        let named = quoted(&text).filter(|quoted| is_path(quoted)).filter(|path| !exists(path, folder));
        missing.extend(named.map(|path| format!("{document}: `{path}`")));
        let dead = links(&text).filter(|target| !exists(target, folder));
        missing.extend(dead.map(|target| format!("{document}: ({target})")));
    }
    assert!(missing.is_empty(), "named and not there:\n{}", missing.join("\n"));
}

#[test]
fn both_readmes_name_the_same_paths() {
    let paths = |document: &str| -> BTreeSet<String> {
        quoted(&text_of(document)).filter(|quoted| is_path(quoted)).map(str::to_owned).collect()
    };
    let (english, chinese) = (paths("README.md"), paths("README.zh-CN.md"));
    let apart: Vec<_> = english.symmetric_difference(&chinese).collect();
    assert!(apart.is_empty(), "in one README only: {apart:?}");
    assert!(english.len() > 25, "the table \"Where is X?\" is gone: {english:?}");
}

#[test]
fn every_demo_account_of_a_readme_exists() {
    let accounts = text_of("demo/accounts.csv");
    let known: BTreeSet<String> = accounts
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut columns = line.split(',');
            let (district, login) = (columns.next()?, columns.next()?);
            Some(format!("{login}@{district}"))
        })
        .collect();
    for document in ["README.md", "README.zh-CN.md"] {
        let text = text_of(document);
        let words = quoted(&text).flat_map(str::split_whitespace);
        let named: Vec<&str> = words.filter(|word| word.contains('@')).collect();
        assert!(!named.is_empty(), "{document} names no demo account");
        let unknown: Vec<_> = named.iter().filter(|account| !known.contains(**account)).collect();
        assert!(unknown.is_empty(), "{document} names accounts that the demo lacks: {unknown:?}");
    }
}

#[test]
fn a_claim_to_be_a_path_is_told_from_other_words() {
    for path in ["api/src/http", "docs/adr", "tests/it/docs/mod.rs", "no/such/thing.rs", ".ci/run"] {
        assert!(is_path(path), "{path}");
    }
    for word in ["/graphql", "application/json", "cargo run", "README.md", "zh-CN", "./tests/run", "a/b"] {
        assert!(!is_path(word), "{word}");
    }
    let text = "`one` and\n```\n`two`\n```\n`api/src` [three](docs/x.md) [four](https://example.org)";
    assert_eq!(quoted(text).collect::<Vec<_>>(), ["one", "api/src"]);
    assert_eq!(links(text).collect::<Vec<_>>(), ["docs/x.md"]);
}
