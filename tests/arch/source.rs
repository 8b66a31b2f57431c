//! The workspace's files as text, and what is wrong with them.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};

/// A file of the workspace.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// From the root of the workspace, with `/`.
    pub(crate) path: String,
    /// What stands in it.
    pub(crate) text: String,
}

/// One breach of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) path: String,
    /// From 1; 0 for the file as a whole.
    pub(crate) line: usize,
    pub(crate) reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.reason)
    }
}

impl Source {
    /// A made-up file, for showing that a rule can fail.
    pub(crate) fn example(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// A fault at a line of this file.
    pub(crate) fn fault(&self, line: usize, reason: impl Into<String>) -> Fault {
        Fault { path: self.path.clone(), line, reason: reason.into() }
    }

    /// Its lines without comments, numbered from 1.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, without_comment(line)))
    }

    /// The slice of the domain that it belongs to.
    pub(crate) fn slice(&self) -> Option<&str> {
        let rest = self.path.strip_prefix("domain/src/")?;
        rest.split_once('/').map(|(slice, _)| slice)
    }

    /// The name of the file.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// The line up to a comment; a `//` within a text does not begin one.
fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    let mut before = ' ';
    for (at, letter) in line.char_indices() {
        match letter {
            '"' if before != '\\' && before != '\'' => quoted = !quoted,
            '/' if before == '/' && !quoted => return line.get(..at - 1).unwrap_or_default(),
            _ => {}
        }
        before = letter;
    }
    line
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All Rust files of our crates.
pub(crate) fn workspace() -> anyhow::Result<Vec<Source>> {
    let mut found = vec![];
    for top in ["api", "bench", "domain", "entity", "migration", "tests"] {
        collect(&root(), top, &mut found)?;
    }
    ensure!(found.len() > 100, "only {} files: the test looks in the wrong place", found.len());
    Ok(found)
}

fn collect(root: &Path, folder: &str, found: &mut Vec<Source>) -> anyhow::Result<()> {
    let here = root.join(folder);
    for entry in std::fs::read_dir(&here).with_context(|| here.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{folder}/{name}");
        if entry.file_type()?.is_dir() {
            if !matches!(name.as_str(), "target" | "node_modules") {
                collect(root, &path, found)?;
            }
        } else if entry.path().extension().is_some_and(|kind| kind == "rs") {
            found.push(Source { path, text: std::fs::read_to_string(entry.path())? });
        }
    }
    Ok(())
}

/// Passes when there is no fault, and prints them all otherwise.
pub(crate) fn none(faults: &[Fault]) -> anyhow::Result<()> {
    let lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
    ensure!(lines.is_empty(), "{}", lines.join("\n"));
    Ok(())
}

#[test]
fn comments_are_no_code() {
    assert_eq!(without_comment("let a = 1; // use crate::api"), "let a = 1; ");
    assert_eq!(without_comment("let url = \"http://x\"; // y"), "let url = \"http://x\"; ");
    assert_eq!(without_comment("//! use crate::x"), "");
    assert_eq!(without_comment("let quote = '\"'; // y"), "let quote = '\"'; ");
}
