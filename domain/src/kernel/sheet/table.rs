//! What CSV and workbooks have in common: a header line, and rows by its columns up to a limit.

use std::ops::ControlFlow;

use crate::kernel::sheet::source::{Columns, Found, Sink};
use crate::kernel::sheet::writer::MARK;
use crate::kernel::sheet::{BadRow, CellMap};

/// The rows below a header line, as they go to a sink.
pub(super) struct Table<'a, 'b> {
    header: Vec<Option<&'static str>>,
    most: usize,
    read: usize,
    sink: &'a mut Sink<'b>,
}

impl<'a, 'b> Table<'a, 'b> {
    /// A table below the header line in a row; none when the line lacks a required column.
    pub(super) fn below<'c>(
        row: usize,
        names: impl Iterator<Item = &'c str>,
        columns: Columns,
        most: usize,
        sink: &'a mut Sink<'b>,
    ) -> Option<Self> {
        let mut header: Vec<Option<&'static str>> = vec![];
        let mut bad = vec![];
        for name in names {
            let column = columns.known.iter().copied().find(|column| *column == name);
            if column.is_none() && !name.is_empty() && name != MARK {
                let known = columns.known.join(", ");
                bad.push(BadRow::new(row, "", name, format!("no such column; known are {known}")));
            }
            if let Some(column) = column.filter(|_| header.contains(&column)) {
                bad.push(BadRow::new(row, column, name, "stands in the header line twice"));
            }
            header.push(column);
        }
        let lacking = columns.required.iter().filter(|column| !header.contains(&Some(**column)));
        let lacking: Vec<BadRow> =
            lacking.map(|column| BadRow::new(row, column, "", "the header line lacks this column")).collect();
        let whole = lacking.is_empty();
        let mut told = lacking.into_iter().chain(bad).map(Found::Bad).map(&mut *sink);
        let goes_on = !told.any(|flow| flow.is_break());
        drop(told);
        (whole && goes_on).then_some(Self { header, most, read: 0, sink })
    }

    /// The known column at a place.
    pub(super) fn column(&self, place: usize) -> &'static str {
        self.header.get(place).copied().flatten().unwrap_or("")
    }

    /// Passes a row on: its cells by place. Rows without any text are none.
    pub(super) fn row<'c>(
        &mut self,
        number: usize,
        cells: impl Iterator<Item = (usize, &'c str)>,
    ) -> ControlFlow<()> {
        let mut map: CellMap = self.header.iter().flatten().map(|column| (*column, String::new())).collect();
        let mut empty = true;
        for (place, text) in cells {
            match self.header.get(place).copied() {
                Some(Some(column)) => {
                    empty &= text.is_empty();
                    text.clone_into(map.entry(column).or_default());
                }
                // The mark of a file that went out is no text of somebody's.
                Some(None) => {}
                None if text.is_empty() => {}
                None => self.refuse(BadRow::new(number, "", text, "more cells than the header line"))?,
            }
        }
        if empty {
            return ControlFlow::Continue(());
        }
        self.read += 1;
        if self.read > self.most {
            let most = self.most;
            self.refuse(BadRow::new(number, "", "", format!("more than {most} rows: split the file")))?;
            return ControlFlow::Break(());
        }
        (self.sink)(Found::Row(number, map))
    }

    /// Passes a mistake on.
    pub(super) fn refuse(&mut self, fault: BadRow) -> ControlFlow<()> {
        (self.sink)(Found::Bad(fault))
    }
}
