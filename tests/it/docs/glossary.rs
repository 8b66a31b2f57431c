//! A word of the glossary that names something in the code names what is there.

use std::path::{Path, PathBuf};

use super::{quoted, root, text_of};

/// Where an identifier may stand.
const CRATES: [&str; 4] = ["api/src", "domain/src", "entity/src", "migration/src"];

/// Every source below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let rust = files.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    rust.chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}

/// The code of all crates, the programmes and the schema, without comments and descriptions: a word in a sentence is no
/// identifier.
fn code() -> String {
    let mut code = String::new();
    for file in CRATES.iter().flat_map(|folder| sources(&root().join(folder))) {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            code.push_str(line);
            code.push('\n');
        }
    }
    for (_, programme) in fengqiao_domain::programmes::templates() {
        code.push_str(programme);
    }
    code.extend(text_of("schema.graphql").split("\"\"\"").step_by(2));
    code
}

/// Whether a text stands there as a whole word.
fn has_word(code: &str, word: &str) -> bool {
    let inside =
        |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    code.match_indices(word).any(|(at, _)| {
        !inside(code[..at].chars().next_back()) && !inside(code[at + word.len()..].chars().next())
    })
}

/// What stands in backticks in the identifier columns of the glossary's tables.
fn identifiers(glossary: &str) -> Vec<&str> {
    let mut found = vec![];
    let mut in_table = false;
    for line in glossary.lines() {
        let column = line.split('|').nth(3).map_or("", str::trim);
        if column.starts_with("identifier") {
            in_table = true;
        } else if column.is_empty() {
            in_table = false;
        } else if in_table {
            found.extend(quoted(column));
        }
    }
    found
}

#[test]
fn every_identifier_of_the_glossary_exists() {
    let (glossary, code) = (text_of("docs/GLOSSARY.md"), code());
    let identifiers = identifiers(&glossary);
    assert!(identifiers.len() > 150, "the tables are gone: {identifiers:?}");
    let words = identifiers.iter().flat_map(|text| text.split("::")).map(|word| word.trim_end_matches("<T>"));
    let missing: Vec<&str> = words.filter(|word| !has_word(&code, word)).collect();
    assert!(missing.is_empty(), "in the glossary and nowhere else: {missing:?}");
}

#[test]
fn a_word_is_told_from_a_part_of_one() {
    assert!(has_word("struct Case {", "Case") && has_word("a.case_access(", "case_access"));
    assert!(!has_word("struct CaseAccessId;", "CaseAccess") && !has_word("set_case", "case"));
    let glossary = "| a | b | identifier | d |\n| --- | --- | --- | --- |\n| x | `no` | `One`, table `two` | y |\n\n\
                    | a | b | note |\n| x | `no` | `three` |\n";
    assert_eq!(identifiers(glossary), ["One", "two"]);
}
