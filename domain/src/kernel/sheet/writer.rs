//! Rows written to a file: CSV, XLSX or GeoJSON, in memory that does not grow with them.

use std::fs::File;
use std::io::{BufWriter, Write};

use rust_xlsxwriter::{Workbook, XlsxError};
use serde_json::{Map, Value};
use strum::{EnumIter, EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::kernel::mutant::{self, Mutant};
use crate::kernel::sheet::formula;

/// Rows of a sheet of a workbook, the header line included (ECMA-376 as spreadsheets implement it).
const SHEET_ROWS: u32 = 1_048_576;
/// UTF-16 units of one cell, likewise.
const CELL_UNITS: usize = 32_767;

/// The last column of every file that goes out: which file it is. Whoever brings it in again may leave it.
pub(super) const MARK: &str = "export";

/// In which form rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum SheetFormat {
    /// CSV in UTF-8 with its mark, by which spreadsheets know it.
    Csv,
    /// A workbook.
    Xlsx,
    /// A `FeatureCollection`, whose properties are the columns (RFC 7946).
    #[strum(serialize = "geojson")]
    GeoJson,
}

impl SheetFormat {
    /// The ending of a file's name.
    #[must_use]
    pub fn extension(self) -> &'static str {
        self.into()
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::GeoJson => "application/geo+json",
        }
    }
}

/// Why rows cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file refuses them: a full disk, for example.
    #[error("the file cannot be written: {0}")]
    File(#[from] std::io::Error),
    /// A sheet of a workbook holds no more rows.
    #[error("a workbook holds {SHEET_ROWS} rows: export fewer, or as CSV")]
    SheetFull,
}

impl From<csv::Error> for WriteError {
    fn from(error: csv::Error) -> Self {
        Self::File(error.into())
    }
}

impl From<XlsxError> for WriteError {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::RowColumnLimitError => Self::SheetFull,
            XlsxError::IoError(error) => Self::File(error),
            other => Self::File(std::io::Error::other(other)),
        }
    }
}

/// What a row looks like on a map.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shape {
    /// A GeoJSON geometry.
    pub(crate) geometry: Value,
    /// The system of its coordinates, as imports name it.
    pub(crate) system: &'static str,
}

/// Where rows go.
#[derive(Debug)]
pub struct SheetTarget {
    /// The file.
    pub file: File,
    /// As what they are written.
    pub format: SheetFormat,
    /// What stands in the last column of each: a row that turns up somewhere says by whom it was taken out.
    pub mark: String,
}

/// What was written.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// How many rows.
    pub rows: u32,
    /// Who or what stands in them, in their order.
    pub ids: Vec<Uuid>,
}

/// A file that rows are being written to.
pub struct SheetWriter {
    columns: Vec<&'static str>,
    mark: String,
    written: Written,
    to: To,
}

enum To {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    Xlsx(Box<Workbook>, File),
    GeoJson(BufWriter<File>),
}

impl SheetWriter {
    /// Begins a file with its header line. Formats without shapes leave them out.
    pub(crate) fn begin(
        SheetTarget { mut file, format, mark }: SheetTarget,
        columns: &'static [&'static str],
    ) -> Result<Self, WriteError> {
        let marks = (!mutant::active(Mutant::UnmarkedRows)).then_some(MARK);
        let columns: Vec<&'static str> = columns.iter().copied().chain(marks).collect();
        let to = match format {
            SheetFormat::Csv => {
                file.write_all("\u{feff}".as_bytes())?;
                let mut csv = csv::Writer::from_writer(BufWriter::new(file));
                csv.write_record(&columns)?;
                To::Csv(Box::new(csv))
            }
            SheetFormat::Xlsx => {
                let mut book = Box::new(Workbook::new());
                let sheet = book.add_worksheet_with_constant_memory()?;
                sheet.set_freeze_panes(1, 0)?;
                for (place, column) in (0..).zip(&columns) {
                    sheet.write_string(0, place, *column)?;
                }
                To::Xlsx(book, file)
            }
            SheetFormat::GeoJson => {
                let mut json = BufWriter::new(file);
                json.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[")?;
                To::GeoJson(json)
            }
        };
        Ok(Self { columns, mark, written: Written::default(), to })
    }

    /// Writes a row about somebody or something: its cells by the columns.
    pub(crate) fn row(
        &mut self,
        of: Uuid,
        cells: &[String],
        shape: Option<&Shape>,
    ) -> Result<(), WriteError> {
        self.written.rows += 1;
        if self.written.ids.last() != Some(&of) {
            self.written.ids.push(of);
        }
        let rows = self.written.rows;
        let marked = cells.iter().chain([&self.mark]).take(self.columns.len());
        match &mut self.to {
            To::Csv(csv) => {
                csv.write_record(marked.map(|cell| formula::written(cell).into_owned()))?;
            }
            To::Xlsx(book, _) => {
                if rows >= SHEET_ROWS {
                    return Err(WriteError::SheetFull);
                }
                let sheet = book.worksheet_from_index(0)?;
                for (place, cell) in (0..).zip(marked).filter(|(_, cell)| !cell.is_empty()) {
                    sheet.write_string(rows, place, fitting(cell))?;
                }
            }
            To::GeoJson(json) => {
                if rows > 1 {
                    json.write_all(b",")?;
                }
                serde_json::to_writer(&mut *json, &feature(&self.columns, marked, shape))
                    .map_err(std::io::Error::from)?;
            }
        }
        Ok(())
    }

    /// Ends the file: what it has.
    pub(crate) fn finish(self) -> Result<Written, WriteError> {
        match self.to {
            To::Csv(mut csv) => csv.flush()?,
            To::Xlsx(mut book, file) => book.save_to_writer(file)?,
            To::GeoJson(mut json) => {
                json.write_all(b"]}\n")?;
                json.flush()?;
            }
        }
        Ok(self.written)
    }
}

/// As much of a text as a cell holds.
fn fitting(cell: &str) -> &str {
    let mut units = 0;
    let end = cell.char_indices().find(|(_, character)| {
        units += character.len_utf16();
        units > CELL_UNITS
    });
    end.and_then(|(end, _)| cell.get(..end)).unwrap_or(cell)
}

/// A row as a feature: an empty cell is null, and a shape tells the system of its coordinates.
fn feature<'a>(columns: &[&str], cells: impl Iterator<Item = &'a String>, shape: Option<&Shape>) -> Value {
    let property = |cell: &String| if cell.is_empty() { Value::Null } else { Value::from(cell.as_str()) };
    let mut properties: Map<String, Value> =
        columns.iter().zip(cells).map(|(column, cell)| ((*column).to_owned(), property(cell))).collect();
    if let Some(shape) = shape {
        properties.insert("coordinate_system".to_owned(), Value::from(shape.system));
    }
    let geometry = shape.map_or(Value::Null, |shape| shape.geometry.clone());
    serde_json::json!({ "type": "Feature", "properties": properties, "geometry": geometry })
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Seek as _};

    use super::*;
    use crate::kernel::sheet::{Columns, SheetFile, SheetLimits};

    const COLUMNS: [&str; 2] = ["code", "name"];

    fn written(format: SheetFormat, rows: &[[&str; 2]]) -> File {
        let file = tempfile::tempfile().expect("a file");
        let kept = file.try_clone().expect("the same file");
        let target = SheetTarget { file, format, mark: "export_1".to_owned() };
        let mut writer = SheetWriter::begin(target, &COLUMNS).expect("begun");
        for (id, row) in (1..).zip(rows) {
            writer.row(Uuid::from_u128(id), &row.map(str::to_owned), None).expect("a row");
        }
        let written = writer.finish().expect("ended");
        assert_eq!((written.rows as usize, written.ids.len()), (rows.len(), rows.len()));
        kept
    }

    #[test]
    fn what_is_written_reads_back_as_it_was() {
        let rows = [["001", "=SUM(A1)"], ["002", "逗号,引号\"换行\n完"], ["003", "-"]];
        for format in [SheetFormat::Csv, SheetFormat::Xlsx] {
            let file = SheetFile::new(written(format, &rows), SheetLimits::default());
            let mut bad = vec![];
            let read = file.rows(Columns { known: &COLUMNS, required: &COLUMNS }, &mut bad);
            assert_eq!(bad, []);
            let read: Vec<Vec<String>> =
                read.into_iter().map(|(_, cells)| cells.into_values().collect()).collect();
            assert_eq!(read, rows.map(|row| row.map(str::to_owned).to_vec()), "{format:?}");
        }
    }

    #[test]
    fn features_carry_the_columns_as_properties() {
        let mut file = written(SheetFormat::GeoJson, &[["001", "甲"], ["002", ""]]);
        let mut text = String::new();
        file.rewind().and_then(|()| file.read_to_string(&mut text)).expect("read");
        let json: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(
            json["features"][1]["properties"],
            serde_json::json!({"code": "002", "name": null, "export": "export_1"})
        );
        assert_eq!(json["features"][0]["geometry"], Value::Null);
    }

    #[test]
    fn a_text_longer_than_a_cell_is_cut_at_a_character() {
        let long = "网".repeat(40_000);
        assert_eq!(fitting(&long).chars().count(), CELL_UNITS);
        assert_eq!(fitting("short"), "short");
    }
}
