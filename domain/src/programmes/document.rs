//! A TOML file read table by table: everything that is wrong is noted with its line, and reading goes on.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::str::FromStr;

use strum::IntoEnumIterator;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::kernel::text;
use crate::programmes::fault::{FAULTS_TOLD, Fault, ProgrammeRule};

/// Most characters of a name.
const NAME_LIMIT: usize = 40;
/// Most elements of a list.
const LIST_LIMIT: usize = 200;
/// Most characters of a key.
const KEY_LIMIT: usize = 32;

/// Something and the line it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marked<T> {
    pub(super) line: u32,
    pub(super) value: T,
}

/// Notes what is wrong, and knows the lines.
pub(super) struct Notes {
    starts: Vec<usize>,
    faults: RefCell<Vec<Fault>>,
}

impl Notes {
    pub(super) fn of(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { starts: std::iter::once(0).chain(breaks).collect(), faults: RefCell::default() }
    }

    pub(super) fn line(&self, at: usize) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= at)).unwrap_or(u32::MAX)
    }

    pub(super) fn note(&self, line: u32, rule: ProgrammeRule, subject: &str) {
        self.note_allowed(line, rule, subject, vec![]);
    }

    fn note_allowed(&self, line: u32, rule: ProgrammeRule, subject: &str, allowed: Vec<&'static str>) {
        let subject = subject.chars().take(NAME_LIMIT).collect();
        self.faults.borrow_mut().push(Fault { line, rule, subject, allowed });
    }

    /// How much was noted.
    pub(super) fn count(&self) -> usize {
        self.faults.borrow().len()
    }

    /// What was noted, in the order of the lines.
    pub(super) fn faults(self) -> Vec<Fault> {
        let mut faults = self.faults.into_inner();
        faults.sort();
        faults.dedup();
        faults.truncate(FAULTS_TOLD);
        faults
    }
}

/// One table of the file: what is asked of it is known, the rest is not.
pub(super) struct Table<'t> {
    notes: &'t Notes,
    rows: &'t DeTable<'t>,
    pub(super) line: u32,
    known: RefCell<BTreeSet<&'static str>>,
}

impl<'t> Table<'t> {
    pub(super) fn new(notes: &'t Notes, table: &'t Spanned<DeTable<'t>>) -> Self {
        Self::at(notes, table.get_ref(), notes.line(table.span().start))
    }

    fn at(notes: &'t Notes, table: &'t DeTable<'t>, line: u32) -> Self {
        Self { notes, rows: table, line, known: RefCell::default() }
    }

    fn get(&self, key: &'static str) -> Option<(u32, &'t DeValue<'t>)> {
        self.known.borrow_mut().insert(key);
        let value = self.rows.get(key)?;
        Some((self.notes.line(value.span().start), value.get_ref()))
    }

    fn wrong(&self, line: u32, key: &'static str, wanted: &'static str) {
        self.notes.note_allowed(line, ProgrammeRule::WrongType, key, vec![wanted]);
    }

    fn missing(&self, key: &'static str) {
        self.notes.note(self.line, ProgrammeRule::Missing, key);
    }

    /// A text, as it stands there.
    pub(super) fn text(&self, key: &'static str) -> Option<Marked<String>> {
        let (line, value) = self.get(key)?;
        let DeValue::String(text) = value else {
            self.wrong(line, key, "text");
            return None;
        };
        Some(Marked { line, value: text.clone().into_owned() })
    }

    /// A name of one line.
    pub(super) fn name(&self, key: &'static str) -> Option<String> {
        if self.get(key).is_none() {
            self.missing(key);
        }
        let written = self.text(key)?;
        let name = text::line(&written.value, NAME_LIMIT).ok();
        if name.is_none() {
            self.notes.note(written.line, ProgrammeRule::InvalidText, key);
        }
        name
    }

    /// A key of the programme's own.
    pub(super) fn key(&self, key: &'static str) -> Option<Marked<String>> {
        if self.get(key).is_none() {
            self.missing(key);
        }
        let written = self.text(key)?;
        if !is_key(&written.value) {
            self.notes.note(written.line, ProgrammeRule::InvalidKey, &written.value);
            return None;
        }
        Some(written)
    }

    /// One of a closed set of words.
    pub(super) fn word<T: Word>(&self, key: &'static str) -> Option<Marked<T>> {
        let written = self.text(key)?;
        Some(Marked { line: written.line, value: self.read(&written)? })
    }

    /// The same, where one must stand.
    pub(super) fn required_word<T: Word>(&self, key: &'static str) -> Option<Marked<T>> {
        if self.get(key).is_none() {
            self.missing(key);
        }
        self.word(key)
    }

    fn read<T: Word>(&self, written: &Marked<String>) -> Option<T> {
        let word = T::from_str(&written.value).ok();
        if word.is_none() {
            let allowed = T::iter().map(Into::into).collect();
            self.notes.note_allowed(written.line, ProgrammeRule::UnknownWord, &written.value, allowed);
        }
        word
    }

    /// A list of texts, none of them twice; nothing where the key is absent.
    pub(super) fn texts(&self, key: &'static str) -> Option<Vec<Marked<String>>> {
        let (line, value) = self.get(key)?;
        let DeValue::Array(values) = value else {
            self.wrong(line, key, "list");
            return None;
        };
        if values.len() > LIST_LIMIT {
            self.notes.note(line, ProgrammeRule::TooMany, &format!("{key}: {LIST_LIMIT}"));
            return None;
        }
        let mut texts: Vec<Marked<String>> = vec![];
        for value in values {
            let line = self.notes.line(value.span().start);
            match value.get_ref() {
                DeValue::String(text) if texts.iter().any(|known| known.value == *text) => {
                    self.notes.note(line, ProgrammeRule::Duplicate, text);
                }
                DeValue::String(text) => texts.push(Marked { line, value: text.clone().into_owned() }),
                _ => self.wrong(line, key, "text"),
            }
        }
        Some(texts)
    }

    /// A list of words of a closed set; nothing where the key is absent.
    pub(super) fn words<T: Word>(&self, key: &'static str) -> Option<Vec<T>> {
        let texts = self.texts(key)?;
        Some(texts.iter().filter_map(|written| self.read(written)).collect())
    }

    /// A whole number within bounds, none of them less than nothing.
    pub(super) fn number(&self, key: &'static str, bounds: &RangeInclusive<u32>) -> Option<u32> {
        let bounds = i64::from(*bounds.start())..=i64::from(*bounds.end());
        self.integer(key, &bounds).and_then(|number| u32::try_from(number).ok())
    }

    /// A whole number within bounds.
    pub(super) fn integer(&self, key: &'static str, bounds: &RangeInclusive<i64>) -> Option<i64> {
        let (line, value) = self.get(key)?;
        let DeValue::Integer(number) = value else {
            self.wrong(line, key, "number");
            return None;
        };
        let number = i64::from_str_radix(number.as_str(), number.radix()).ok();
        let within = number.filter(|number| bounds.contains(number));
        if within.is_none() {
            self.notes.note(
                line,
                ProgrammeRule::OutOfRange,
                &format!("{key}: {}–{}", bounds.start(), bounds.end()),
            );
        }
        within
    }

    /// The same, where one must stand.
    pub(super) fn required_number(&self, key: &'static str, bounds: &RangeInclusive<u32>) -> Option<u32> {
        if self.get(key).is_none() {
            self.missing(key);
        }
        self.number(key, bounds)
    }

    /// Whether something is so.
    pub(super) fn flag(&self, key: &'static str) -> Option<bool> {
        let (line, value) = self.get(key)?;
        let DeValue::Boolean(flag) = value else {
            self.wrong(line, key, "true or false");
            return None;
        };
        Some(*flag)
    }

    /// A table within.
    pub(super) fn table(&self, key: &'static str) -> Option<Table<'t>> {
        let (line, value) = self.get(key)?;
        let DeValue::Table(table) = value else {
            self.wrong(line, key, "table");
            return None;
        };
        Some(Self::at(self.notes, table, line))
    }

    /// The same, where one must stand.
    pub(super) fn required_table(&self, key: &'static str) -> Option<Table<'t>> {
        if self.get(key).is_none() {
            self.missing(key);
        }
        self.table(key)
    }

    /// Whether a text stands there, and not a table.
    pub(super) fn holds_text(&self, key: &'static str) -> bool {
        matches!(self.get(key), Some((_, DeValue::String(_))))
    }

    /// The tables of a list, at most so many.
    pub(super) fn tables(&self, key: &'static str, most: usize) -> Vec<Table<'t>> {
        let Some((line, value)) = self.get(key) else { return vec![] };
        let DeValue::Array(values) = value else {
            self.wrong(line, key, "list of tables");
            return vec![];
        };
        let mut tables = vec![];
        for value in values {
            let line = self.notes.line(value.span().start);
            match value.get_ref() {
                DeValue::Table(table) => tables.push(Self::at(self.notes, table, line)),
                _ => self.wrong(line, key, "table"),
            }
        }
        if let Some(beyond) = tables.get(most) {
            self.notes.note(beyond.line, ProgrammeRule::TooMany, &format!("{key}: {most}"));
            tables.truncate(most);
        }
        tables
    }

    /// Notes every key that nobody asked for.
    pub(super) fn finish(&self) {
        let known = self.known.borrow();
        for (key, _) in self.rows.iter().filter(|(key, _)| !known.contains(key.get_ref().as_ref())) {
            let line = self.notes.line(key.span().start);
            self.notes.note_allowed(
                line,
                ProgrammeRule::UnknownKey,
                key.get_ref(),
                known.iter().copied().collect(),
            );
        }
    }
}

/// A closed set of words.
pub(super) trait Word: FromStr + IntoEnumIterator + Into<&'static str> {}

impl<T: FromStr + IntoEnumIterator + Into<&'static str>> Word for T {}

/// Small letters, digits and underscores after a letter.
pub(super) fn is_key(text: &str) -> bool {
    text.len() <= KEY_LIMIT
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}
