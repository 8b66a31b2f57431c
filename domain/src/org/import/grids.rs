//! Rows of a file of grids.

use std::collections::HashSet;

use crate::kernel::sheet::{BadRow, CellMap, Cells, Columns, SheetFile};
use crate::org::command::NAME_LIMIT;
use crate::org::import::boundary::read_features;
use crate::org::model::{Boundary, GridKind, UnitLevel};

/// The columns of a file of grids.
pub(in crate::org) const GRID_COLUMNS: [&str; 4] = ["code", "village_code", "name", "kind"];

/// One row of a file of grids.
#[derive(Clone, Debug)]
pub(in crate::org) struct GridRow {
    pub(in crate::org) row: usize,
    pub(in crate::org) code: String,
    pub(in crate::org) village_code: String,
    pub(in crate::org) name: String,
    /// Nothing when the file lacks the column.
    pub(in crate::org) kind: Option<GridKind>,
    pub(in crate::org) boundary: Option<Boundary>,
}

/// Reads a file of grids: GeoJSON when it starts like it, else a sheet. Rows whose codes cannot be read
/// are left out.
pub(in crate::org) fn read_grids(mut file: SheetFile, bad: &mut Vec<BadRow>) -> Vec<GridRow> {
    let rows = if file.is_json() { features(file, bad) } else { plain(file, bad) };
    let mut seen = HashSet::new();
    let mut grids = vec![];
    for (row, cells, boundary) in rows {
        grids.extend(grid_row(&mut Cells::new(row, cells, bad), boundary, &mut seen));
    }
    grids
}

fn features(file: SheetFile, bad: &mut Vec<BadRow>) -> Vec<(usize, CellMap, Option<Boundary>)> {
    match file.into_bytes() {
        Ok(bytes) => read_features(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes), &GRID_COLUMNS, bad),
        Err(error) => {
            bad.push(BadRow::new(1, "", "", format!("the file cannot be read: {error}")));
            vec![]
        }
    }
}

fn plain(file: SheetFile, bad: &mut Vec<BadRow>) -> Vec<(usize, CellMap, Option<Boundary>)> {
    let rows = file.rows(Columns { known: &GRID_COLUMNS, required: &["village_code", "name"] }, bad);
    rows.into_iter().map(|(row, cells)| (row, cells, None)).collect()
}

fn grid_row(
    cells: &mut Cells<'_>,
    boundary: Option<Boundary>,
    seen: &mut HashSet<String>,
) -> Option<GridRow> {
    let kind = cells.optional("kind", GridKind::Basic, "basic, dedicated");
    let village_code = cells.digits("village_code", UnitLevel::Village.code_length());
    let code = grid_code(cells, village_code.as_deref(), seen);
    let name = cells.line("name", NAME_LIMIT);
    Some(GridRow { row: cells.row, code: code?, village_code: village_code?, name, kind, boundary })
}

/// The code of a row; empty when the allocator is to give one.
fn grid_code(
    cells: &mut Cells<'_>,
    village_code: Option<&str>,
    seen: &mut HashSet<String>,
) -> Option<String> {
    if cells.get("code").is_empty() {
        return Some(String::new());
    }
    let code = cells.digits("code", 15)?;
    if village_code.is_some_and(|village| !code.starts_with(village)) {
        cells.refuse("code", "must start with its village_code");
    }
    if code.ends_with("000") {
        cells.refuse("code", "must end in a serial from 001 to 999");
    }
    if !seen.insert(code.clone()) {
        cells.refuse("code", "stands in the file twice");
    }
    Some(code)
}
