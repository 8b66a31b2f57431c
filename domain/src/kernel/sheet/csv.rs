//! CSV: a header line and rows by its columns.

use crate::kernel::sheet::{BadRow, CellMap, decoded};

/// The rows of a CSV file with their numbers; none when it is no table with the required columns.
pub(crate) fn read_csv(
    bytes: &[u8],
    columns: &'static [&'static str],
    required: &[&'static str],
    bad: &mut Vec<BadRow>,
) -> Vec<(usize, CellMap)> {
    let text = match decoded(bytes) {
        Ok(text) => text,
        Err(fault) => {
            bad.push(fault);
            return vec![];
        }
    };
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            bad.push(unreadable(1, &error));
            return vec![];
        }
    };
    if !complete(&header, columns, required, bad) {
        return vec![];
    }
    let mut rows = vec![];
    for (index, record) in reader.records().enumerate() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                bad.push(unreadable(index + 2, &error));
                return vec![];
            }
        };
        let row = record.position().map_or(index + 2, |at| usize::try_from(at.line()).unwrap_or(index + 2));
        if let Some(surplus) = record.get(header.len()) {
            bad.push(BadRow::new(row, "", surplus, "more cells than the header line"));
        }
        let cell = |column: &'static str| {
            let place = header.iter().position(|name| name == column)?;
            Some((column, record.get(place).unwrap_or("").to_owned()))
        };
        rows.push((row, columns.iter().copied().filter_map(cell).collect()));
    }
    rows
}

fn unreadable(row: usize, error: &csv::Error) -> BadRow {
    BadRow::new(row, "", "", format!("is not CSV: {error}"))
}

/// Whether the header line has every required column; says what it lacks and what it has too much.
fn complete(
    header: &csv::StringRecord,
    columns: &[&str],
    required: &[&'static str],
    bad: &mut Vec<BadRow>,
) -> bool {
    let mut whole = true;
    for column in required.iter().filter(|column| !header.iter().any(|name| name == **column)) {
        bad.push(BadRow::new(1, column, "", "the header line lacks this column"));
        whole = false;
    }
    for name in header.iter().filter(|name| !columns.contains(name)) {
        bad.push(BadRow::new(1, "", name, format!("no such column; known are {}", columns.join(", "))));
    }
    whole
}
