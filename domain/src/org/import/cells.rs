//! The cells of one row, and what may stand in them.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::kernel::text::{self, BadText};
use crate::org::command::NAME_LIMIT;
use crate::org::import::BadRow;

/// The cells of a row by column; a column that the file lacks is not in it.
pub(super) type CellMap = BTreeMap<&'static str, String>;

/// The cells of one row, read while noting what is wrong with them.
pub(super) struct Cells<'a> {
    /// Number of the row.
    pub(super) row: usize,
    text: CellMap,
    bad: &'a mut Vec<BadRow>,
}

impl<'a> Cells<'a> {
    pub(super) const fn new(row: usize, text: CellMap, bad: &'a mut Vec<BadRow>) -> Self {
        Self { row, text, bad }
    }

    /// What stands in a column; an empty text in one that the file lacks.
    pub(super) fn get(&self, column: &'static str) -> &str {
        self.text.get(column).map_or("", String::as_str)
    }

    /// The same, but none when the file lacks the column.
    pub(super) fn given(&self, column: &'static str) -> Option<&str> {
        self.text.get(column).map(String::as_str)
    }

    pub(super) fn refuse(&mut self, column: &'static str, reason: &str) {
        let value = self.get(column).to_owned();
        self.bad.push(BadRow::new(self.row, column, &value, reason));
    }

    /// A name, as the API takes it.
    pub(super) fn name(&mut self) -> String {
        match text::line(self.get("name"), NAME_LIMIT) {
            Ok(name) => return name,
            Err(BadText::Empty) => self.refuse("name", "must not be empty"),
            Err(BadText::TooLong { limit }) => {
                self.refuse("name", &format!("is longer than {limit} characters"));
            }
            Err(BadText::ControlCharacter) => {
                self.refuse("name", "must be one line without control characters");
            }
        }
        String::new()
    }

    /// A code of so many digits.
    pub(super) fn digits(&mut self, column: &'static str, length: usize) -> Option<String> {
        let code = self.get(column);
        if code.len() == length && code.bytes().all(|digit| digit.is_ascii_digit()) {
            return Some(code.to_owned());
        }
        self.refuse(column, &format!("must be {length} digits"));
        None
    }

    /// One of some words.
    pub(super) fn choice<T: FromStr>(&mut self, column: &'static str, allowed: &str) -> Option<T> {
        let value = self.get(column).parse().ok();
        if value.is_none() {
            self.refuse(column, &format!("must be one of {allowed}"));
        }
        value
    }

    /// The same for a column that a file may lack, which then says nothing; an empty cell says the
    /// default.
    pub(super) fn optional<T: FromStr>(
        &mut self,
        column: &'static str,
        default: T,
        allowed: &str,
    ) -> Option<T> {
        match self.given(column)? {
            "" => Some(default),
            _ => self.choice(column, allowed),
        }
    }

    /// The same for yes or no; an empty cell says no.
    pub(super) fn flag(&mut self, column: &'static str) -> Option<bool> {
        match self.given(column)? {
            "true" => Some(true),
            "" | "false" => Some(false),
            _ => {
                self.refuse(column, "must be true, false or empty");
                None
            }
        }
    }
}
