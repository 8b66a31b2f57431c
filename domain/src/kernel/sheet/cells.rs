//! The cells of one row, and what may stand in them.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::kernel::sheet::BadRow;
use crate::kernel::text::{self, BadText};

/// The cells of a row by column; a column that the file lacks is not in it.
pub(crate) type CellMap = BTreeMap<&'static str, String>;

/// The cells of one row, read while noting what is wrong with them.
pub(crate) struct Cells<'a> {
    /// Number of the row.
    pub(crate) row: usize,
    text: CellMap,
    bad: &'a mut Vec<BadRow>,
}

impl<'a> Cells<'a> {
    pub(crate) const fn new(row: usize, text: CellMap, bad: &'a mut Vec<BadRow>) -> Self {
        Self { row, text, bad }
    }

    /// What stands in a column; an empty text in one that the file lacks.
    pub(crate) fn get(&self, column: &'static str) -> &str {
        self.text.get(column).map_or("", String::as_str)
    }

    /// The same, but none when the file lacks the column.
    pub(crate) fn given(&self, column: &'static str) -> Option<&str> {
        self.text.get(column).map(String::as_str)
    }

    pub(crate) fn refuse(&mut self, column: &'static str, reason: &str) {
        let value = self.get(column).to_owned();
        self.bad.push(BadRow::new(self.row, column, &value, reason));
    }

    /// A text of one line, as the API takes it: at most so many characters.
    pub(crate) fn line(&mut self, column: &'static str, most: usize) -> String {
        match text::line(self.get(column), most) {
            Ok(name) => return name,
            Err(BadText::Empty) => self.refuse(column, "must not be empty"),
            Err(BadText::TooLong { limit }) => {
                self.refuse(column, &format!("is longer than {limit} characters"));
            }
            Err(BadText::ControlCharacter) => {
                self.refuse(column, "must be one line without control characters");
            }
        }
        String::new()
    }

    /// A code of so many digits.
    pub(crate) fn digits(&mut self, column: &'static str, length: usize) -> Option<String> {
        let code = self.get(column);
        if code.len() == length && code.bytes().all(|digit| digit.is_ascii_digit()) {
            return Some(code.to_owned());
        }
        self.refuse(column, &format!("must be {length} digits"));
        None
    }

    /// One of some words.
    pub(crate) fn choice<T: FromStr>(&mut self, column: &'static str, allowed: &str) -> Option<T> {
        let value = self.get(column).parse().ok();
        if value.is_none() {
            self.refuse(column, &format!("must be one of {allowed}"));
        }
        value
    }

    /// The same for a column that a file may lack, which then says nothing; an empty cell says the
    /// default.
    pub(crate) fn optional<T: FromStr>(
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
    pub(crate) fn flag(&mut self, column: &'static str) -> Option<bool> {
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
