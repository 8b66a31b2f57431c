//! CSV: a header line and rows by its columns.

use std::io::Seek as _;

use csv::{ReaderBuilder, StringRecord, Trim};

use crate::kernel::sheet::encoding::{self, Decoded};
use crate::kernel::sheet::source::{Columns, Found, SheetFile, Sink};
use crate::kernel::sheet::table::Table;
use crate::kernel::sheet::{BadRow, formula};

/// Reads a CSV file twice: for its encoding, then for its rows.
pub(super) fn read(mut file: SheetFile, columns: Columns, sink: &mut Sink<'_>) -> std::io::Result<()> {
    let (encoding, mark) = match encoding::of(&mut file.bytes)? {
        Ok(found) => found,
        Err(fault) => {
            let _ = sink(Found::Bad(fault));
            return Ok(());
        }
    };
    file.bytes.seek(std::io::SeekFrom::Start(mark))?;
    let text = Decoded::new(file.bytes, encoding);
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).trim(Trim::All).from_reader(text);
    let mut record = StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(_) => {}
        Err(error) => {
            let _ = sink(Found::Bad(unreadable(1, &error)));
            return Ok(());
        }
    }
    let Some(mut table) = Table::below(1, record.iter(), columns, file.limits.rows, sink) else {
        return Ok(());
    };
    let mut last = 1;
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => {
                let _ = table.refuse(unreadable(last + 1, &error));
                return Ok(());
            }
        }
        last = record.position().map_or(last + 1, |at| usize::try_from(at.line()).unwrap_or(last + 1));
        let cells = record.iter().map(formula::read).enumerate();
        if table.row(last, cells).is_break() {
            return Ok(());
        }
    }
}

fn unreadable(row: usize, error: &csv::Error) -> BadRow {
    BadRow::new(row, "", "", format!("is not CSV: {error}"))
}
