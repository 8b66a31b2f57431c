//! P5: every column has a class and a way in which it is kept, in `docs/data-inventory.csv`; what is said there is what
//! the entities do. Whether those are all the columns there are, `tests/it/store/inventory.rs` asks the databases.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};

use crate::source::{Source, root, workspace};

/// Classes, from what anybody may know to what nobody may.
const CLASSES: [&str; 5] = ["public", "internal", "personal", "sensitive personal", "secret"];
/// Ways of keeping, each with the type of the entity's column up to its closing brackets; `clear` is every other.
const KEPT: [(&str, &str); 4] =
    [("sealed", "SealedBytes"), ("blind", "BlindIndex"), ("digest", "Vec<u8"), ("hash", "String")];
/// How the reason of a secret begins that is kept in the clear all the same.
const EXCEPTION: &str = "exception: ";

/// A line of the inventory.
#[derive(Clone, Debug)]
struct Row {
    column: String,
    class: String,
    kept: String,
    reason: String,
}

/// The lines of the inventory; a reason may stand in quotation marks.
fn rows(text: &str) -> anyhow::Result<Vec<Row>> {
    let mut lines = text.lines();
    ensure!(lines.next() == Some("table,column,class,kept,reason"), "the header is another one");
    lines
        .map(|line| {
            let parts: Vec<&str> = line.splitn(5, ',').collect();
            let [table, column, class, kept, reason] =
                <[&str; 5]>::try_from(parts).ok().with_context(|| format!("{line}: not five cells"))?;
            let reason = reason.trim_matches('"').to_owned();
            Ok(Row { column: format!("{table}.{column}"), class: class.into(), kept: kept.into(), reason })
        })
        .collect()
}

/// Every `table.column` of the entities, with its type.
fn types(sources: &[Source]) -> BTreeMap<String, String> {
    let mut types = BTreeMap::new();
    for source in sources.iter().filter(|source| source.path.starts_with("entity/src/")) {
        let Some((_, rest)) = source.text.split_once("table_name = \"") else { continue };
        let table = rest.split('"').next().unwrap_or_default();
        let body = rest.split_once("pub struct Model {").map_or("", |(_, body)| body);
        let body = body.split("\n}").next().unwrap_or_default();
        for line in body.lines() {
            let field = line.trim().strip_prefix("pub ").and_then(|line| line.split_once(": "));
            let Some((column, of)) = field else { continue };
            let of = of.trim_end_matches(',').trim_start_matches("Option<").trim_end_matches('>');
            types.insert(format!("{table}.{}", column.trim_start_matches("r#")), of.to_owned());
        }
    }
    types
}

/// What is wrong with the inventory.
fn faults(rows: &[Row], types: &BTreeMap<String, String>) -> Vec<String> {
    let mut faults = vec![];
    for row in rows {
        let of = types.get(&row.column).map(String::as_str);
        let fits = match (KEPT.iter().find(|(kept, _)| *kept == row.kept), of) {
            (Some((_, wanted)), of) => of == Some(*wanted),
            (None, of) => row.kept == "clear" && !matches!(of, Some("SealedBytes" | "BlindIndex")),
        };
        let guarded = matches!(row.class.as_str(), "sensitive personal" | "secret");
        let mut say = |what: &str| faults.push(format!("{}: {what}", row.column));
        if !CLASSES.contains(&row.class.as_str()) {
            say("there is no such class");
        }
        if !fits {
            say("is not kept as the inventory says");
        }
        if guarded && row.kept == "clear" && !row.reason.starts_with(EXCEPTION) {
            say("lies in the clear: seal it, or name it an exception");
        }
        if row.class == "personal" && row.kept == "clear" && row.reason.is_empty() {
            say("is personal and clear without a reason");
        }
    }
    for column in types.keys() {
        if rows.iter().filter(|row| row.column == *column).count() != 1 {
            faults.push(format!("{column}: has no line in docs/data-inventory.csv, or several"));
        }
    }
    faults
}

#[test]
fn every_column_is_kept_as_its_class_demands() -> anyhow::Result<()> {
    let rows = rows(&std::fs::read_to_string(root().join("docs/data-inventory.csv"))?)?;
    let types = types(&workspace()?);
    ensure!(types.len() > 500, "of {} columns only is the type known", types.len());
    let faults = faults(&rows, &types);
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

#[test]
fn a_column_that_is_not_kept_so_is_seen() -> anyhow::Result<()> {
    let text = "#[sea_orm(table_name = \"a\")]\npub struct Model {\n    pub s: Option<SealedBytes>,\n    pub c: String,\n    \
                pub d: Option<Vec<u8>>,\n    pub b: BlindIndex,\n}\n";
    let types = types(&[Source::example("entity/src/x/a.rs", text)]);
    let all = |lines: [&str; 4]| rows(&format!("table,column,class,kept,reason\n{}", lines.join("\n")));
    let right = ["a,s,secret,sealed,", "a,c,public,clear,", "a,d,secret,digest,", "a,b,personal,blind,"];
    assert_eq!(faults(&all(right)?, &types), [""; 0]);
    for (at, wrong) in [
        (0, "a,s,public,clear,"),
        (0, "a,s,personal,sealed"),
        (0, "a,t,secret,sealed,"),
        (1, "a,c,secret,clear,"),
        (1, "a,c,sensitive personal,clear,because"),
        (1, "a,c,personal,clear,"),
        (1, "a,c,private,clear,"),
        (1, "a,c,secret,sealed,"),
        (2, "a,d,secret,sealed,"),
        (3, "a,b,secret,digest,"),
    ] {
        let mut lines = right;
        lines[at] = wrong;
        assert!(all(lines).is_err() || !faults(&all(lines)?, &types).is_empty(), "{wrong}");
    }
    Ok(())
}
