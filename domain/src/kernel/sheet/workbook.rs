//! XLSX: the first sheet that shows, its first row as the header line.
//!
//! A workbook is an archive that can unpack to anything, so it is unpacked once to be measured before
//! anything of it is held.

use std::io::{Read, Seek};
use std::ops::ControlFlow;

use calamine::{Data, DataRef, Dimensions, Reader as _, SheetVisible, Xlsx, XlsxError};
use zip::ZipArchive;

use crate::kernel::sheet::BadRow;
use crate::kernel::sheet::source::{Columns, Found, SheetFile, SheetLimits, Sink, Source};
use crate::kernel::sheet::table::Table;

/// Entries of the archive: a workbook of one sheet has about ten.
const MOST_ENTRIES: usize = 1_000;
/// Where the texts lie that cells share.
const SHARED_TEXTS: &str = "xl/sharedStrings.xml";
/// Whole numbers below it are exact, and shown by spreadsheets as they were typed: fifteen digits.
const EXACT: f64 = 1e15;

/// Reads the first sheet of a workbook.
pub(super) fn read(mut file: SheetFile, columns: Columns, sink: &mut Sink<'_>) -> std::io::Result<()> {
    let limits = file.limits;
    if let Err(reason) = measure(&mut file.bytes, limits) {
        let _ = sink(Found::Bad(BadRow::new(1, "", "", reason)));
        return Ok(());
    }
    file.bytes.rewind()?;
    if let Err(error) = read_sheet(file.bytes, columns, limits.rows, sink) {
        let _ = sink(Found::Bad(BadRow::new(1, "", "", format!("is no XLSX workbook: {error}"))));
    }
    Ok(())
}

/// Unpacks everything once, and says why it is too much.
fn measure(bytes: &mut Source, limits: SheetLimits) -> Result<(), String> {
    let damaged = |error: &dyn std::fmt::Display| format!("is no XLSX workbook: {error}");
    let mut archive = ZipArchive::new(bytes).map_err(|error| damaged(&error))?;
    if archive.len() > MOST_ENTRIES {
        return Err(format!("the archive has more than {MOST_ENTRIES} parts"));
    }
    let mut left = limits.unpacked_bytes;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| damaged(&error))?;
        let name = entry.name().map_err(|error| damaged(&error))?.into_owned();
        let shared = name.eq_ignore_ascii_case(SHARED_TEXTS);
        let most = if shared { left.min(limits.shared_text_bytes) } else { left };
        let unpacked = std::io::copy(&mut entry.take(most + 1), &mut std::io::sink());
        let unpacked = unpacked.map_err(|error| damaged(&error))?;
        if unpacked > most {
            return Err(format!("{name} unpacks to more than {most} bytes"));
        }
        left -= unpacked;
    }
    Ok(())
}

fn read_sheet(bytes: Source, columns: Columns, most: usize, sink: &mut Sink<'_>) -> Result<(), XlsxError> {
    let mut book = Xlsx::new(std::io::BufReader::new(bytes))?;
    let sheets = book.sheets_metadata().iter();
    let shown = sheets.filter(|sheet| sheet.visible == SheetVisible::Visible);
    let Some(name) = shown.map(|sheet| sheet.name.clone()).next() else {
        let _ = sink(Found::Bad(BadRow::new(1, "", "", "the workbook has no sheet that shows")));
        return Ok(());
    };
    let merged = book.merge_cells_by_sheet_name(&name)?;
    let mut rows = Rows { cells: book.worksheet_cells_reader(&name)?, ahead: None, over: false };
    let Some((row, names)) = rows.next()? else {
        let _ = sink(Found::Bad(BadRow::new(1, "", "", "the sheet is empty")));
        return Ok(());
    };
    let (names, _) = texts(&names);
    let mut header = vec![String::new(); names.iter().map(|(place, _)| place + 1).max().unwrap_or_default()];
    for (place, name) in names {
        if let Some(slot) = header.get_mut(place) {
            *slot = name;
        }
    }
    let Some(mut table) = Table::below(row, header.iter().map(String::as_str), columns, most, sink) else {
        return Ok(());
    };
    if !merged.is_empty() {
        for region in merged {
            if table.refuse(unmerge(&table, region)).is_break() {
                break;
            }
        }
        return Ok(());
    }
    while let Some((number, cells)) = rows.next()? {
        if pass(&mut table, number, &cells).is_break() {
            break;
        }
    }
    Ok(())
}

/// Tells the cells of a row that are no text, and passes the row on.
fn pass(table: &mut Table<'_, '_>, number: usize, cells: &[(usize, Data)]) -> ControlFlow<()> {
    let (texts, faults) = texts(cells);
    for (place, value, reason) in faults {
        table.refuse(BadRow::new(number, table.column(place), &value, reason))?;
    }
    table.row(number, texts.iter().map(|(place, text)| (*place, text.as_str())))
}

/// Merged cells leave all but the first of them empty: who is meant there cannot be told.
fn unmerge(table: &Table<'_, '_>, region: Dimensions) -> BadRow {
    let (first, last) = (address(region.start), address(region.end));
    let column = table.column(region.start.1 as usize);
    let reason = "merged cells: unmerge them and fill every one";
    BadRow::new(region.start.0 as usize + 1, column, &format!("{first}:{last}"), reason)
}

/// The address of a cell as spreadsheets write it: column letters and the row from 1.
fn address((row, column): (u32, u32)) -> String {
    let mut letters = vec![];
    let mut rest = column + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or_default();
        letters.push(char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    format!("{}{}", letters.iter().rev().collect::<String>(), row + 1)
}

/// Cells as texts by place, and those that cannot be one: place, value, reason.
type Texts = (Vec<(usize, String)>, Vec<(usize, String, &'static str)>);

fn texts(cells: &[(usize, Data)]) -> Texts {
    let (mut texts, mut faults) = (vec![], vec![]);
    for (place, value) in cells {
        match text(value) {
            Ok(text) => texts.push((*place, text)),
            Err(reason) => faults.push((*place, value.to_string(), reason)),
        }
    }
    (texts, faults)
}

/// A cell as a clerk reads it.
fn text(value: &Data) -> Result<String, &'static str> {
    Ok(match value {
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.trim().to_owned(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) if number.fract() != 0.0 => number.to_string(),
        Data::Float(number) if number.abs() < EXACT => format!("{number:.0}"),
        Data::Float(_) => return Err("has more than 15 digits as a number: format the column as text"),
        Data::Bool(truth) => truth.to_string(),
        Data::DateTime(instant) => {
            let (year, month, day, hour, minute, second, _) = instant.to_ymd_hms_milli();
            let on = format!("{year:04}-{month:02}-{day:02}");
            if (hour, minute, second) == (0, 0, 0) {
                on
            } else {
                format!("{on} {hour:02}:{minute:02}:{second:02}")
            }
        }
        Data::Error(_) => return Err("the formula of this cell failed"),
        Data::Empty => String::new(),
    })
}

/// The number of a row from 1, and its cells by place.
type Row = (usize, Vec<(usize, Data)>);

/// The rows of a sheet, one at a time.
struct Rows<'a, R: Read + Seek> {
    cells: calamine::XlsxCellReader<'a, R>,
    ahead: Option<(usize, usize, Data)>,
    /// Whether the last cell was read: the library must not be asked beyond it.
    over: bool,
}

impl<R: Read + Seek> Rows<'_, R> {
    /// The next row that has cells.
    fn next(&mut self) -> Result<Option<Row>, XlsxError> {
        let Some((number, place, value)) =
            self.ahead.take().map_or_else(|| self.cell(), |cell| Ok(Some(cell)))?
        else {
            return Ok(None);
        };
        let mut cells = vec![(place, value)];
        while let Some((row, place, value)) = self.cell()? {
            if row != number {
                self.ahead = Some((row, place, value));
                break;
            }
            cells.push((place, value));
        }
        Ok(Some((number, cells)))
    }

    fn cell(&mut self) -> Result<Option<(usize, usize, Data)>, XlsxError> {
        while !self.over {
            let Some(cell) = self.cells.next_cell()? else {
                self.over = true;
                break;
            };
            if !matches!(cell.get_value(), DataRef::Empty) {
                let (row, place) = cell.get_position();
                return Ok(Some((row as usize + 1, place as usize, Data::from(cell.get_value().clone()))));
            }
        }
        Ok(None)
    }
}
