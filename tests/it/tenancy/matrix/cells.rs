//! What is read from an answer: a cell of the table.

use fengqiao_tests::Answer;
use serde_json::Value;

/// A cell, and the code that it shortens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) code: Option<String>,
}

impl Cell {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), code: None }
    }

    fn code(code: &str) -> Self {
        Self { text: short(code), code: Some(code.to_owned()) }
    }
}

/// A code by the first letters of its words, and three of the last one.
fn short(code: &str) -> String {
    let (before, last) = code.rsplit_once('_').unwrap_or(("", code));
    let first = before.split('_').filter_map(|word| word.chars().next());
    first.chain(last.chars().take(3)).collect::<String>().to_lowercase()
}

/// Whether a row of the table is about a field of what was answered, and not about an operation.
pub(super) fn is_of_answer(row: &str) -> bool {
    row.starts_with(char::is_uppercase)
}

fn refusal(body: &Value) -> Option<Cell> {
    let code = body["errors"][0]["extensions"]["code"].as_str()?;
    Some(match code {
        "FORBIDDEN" => Cell::plain("F"),
        "UNAUTHENTICATED" => Cell::plain("U"),
        "BAD_REQUEST" => Cell::plain("B"),
        other => Cell::code(other),
    })
}

/// What a query was answered, or a subscription at first.
pub(super) fn of_body(body: &Value, field: &str) -> Cell {
    let told = &body["data"][field];
    match (refusal(body), told["userErrors"][0]["code"].as_str()) {
        // Reading the trail is written down: whoever meets the dam was let through.
        (Some(Cell { code: Some(code), .. }), _) if code == "INTERNAL" && field == "auditEntries" => {
            Cell::plain("+")
        }
        (Some(refused), _) => refused,
        (None, Some(code)) => Cell::code(code),
        (None, None) => Cell::plain(value(told)),
    }
}

/// A value: how many things it lists, or whether there is one.
pub(super) fn value(value: &Value) -> String {
    let count = |things: &[Value]| things.iter().filter(|thing| !thing.is_null()).count().to_string();
    match value {
        Value::Null => ".".to_owned(),
        Value::Array(things) => count(things),
        Value::Object(members) => {
            let number =
                ["totalCount", "open", "oursCount"].iter().find_map(|name| members.get(*name)?.as_i64());
            let list = ["nodes", "items"].iter().find_map(|name| members.get(*name)?.as_array());
            match (number, list) {
                (Some(number), _) => number.to_string(),
                (None, Some(things)) => count(things),
                (None, None) => "+".to_owned(),
            }
        }
        Value::String(text) if text.contains('*') => "*".to_owned(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => "+".to_owned(),
    }
}

/// Which of two cells tells more: a value more than a mask, and that more than nothing.
pub(super) fn more(one: &str, other: String) -> String {
    let told = |cell: &str| match cell {
        "" => 0,
        "." => 1,
        "*" => 2,
        "+" => 3,
        number => 4 + number.parse().unwrap_or(0),
    };
    if told(one) < told(&other) { other } else { one.to_owned() }
}

/// What a mutation was answered: whoever meets the dam was let through.
pub(super) fn of_mutation(answer: &Answer, field: &str) -> Cell {
    match refusal(&answer.body) {
        Some(Cell { code: Some(code), .. }) if code == "INTERNAL" => return Cell::plain("+"),
        Some(refused) => return refused,
        None => {}
    }
    let payload = &answer.body["data"][field];
    let payload =
        payload["operations"].as_array().and_then(|operations| operations.first()).unwrap_or(payload);
    match payload["userErrors"][0]["code"].as_str() {
        Some(code) => Cell::code(code),
        None => Cell::plain("+"),
    }
}
