//! Files of units and grids: reading rows and saying what is wrong with each.
//!
//! CSV in UTF-8 with a header line; GeoJSON as a `FeatureCollection` of polygons whose properties are
//! the columns. Nothing is written here: the use cases do, all or nothing.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use geojson::{GeoJson, Geometry, GeometryValue};

use crate::org::command::NAME_LIMIT;
use crate::org::model::{Boundary, CodeSystem, CoordinateSystem, GridKind, UnitLevel, UnitState};

/// Most bytes of one boundary: about 2,000 corners, ten times what surveyed grids need.
const BOUNDARY_LIMIT: usize = 64 * 1024;

/// One thing wrong with one row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// Line of the CSV file, or number of the GeoJSON feature, from 1.
    pub row: usize,
    /// The column at fault.
    pub column: &'static str,
    /// What stands there.
    pub value: String,
    /// Why it cannot be taken.
    pub reason: String,
}

impl BadRow {
    pub(super) fn new(row: usize, column: &'static str, value: &str, reason: impl Into<String>) -> Self {
        Self { row, column, value: value.to_owned(), reason: reason.into() }
    }
}

impl std::fmt::Display for BadRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "row {}, column {}, value {:?}: {}", self.row, self.column, self.value, self.reason)
    }
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows that were new.
    pub created: usize,
    /// Rows that changed what was there.
    pub changed: usize,
    /// Rows that say what is there already.
    pub unchanged: usize,
}

/// One row of a file of units.
#[derive(Clone, Debug)]
pub(super) struct UnitRow {
    pub(super) row: usize,
    pub(super) code: String,
    pub(super) name: String,
    pub(super) level: UnitLevel,
    pub(super) parent_code: String,
    pub(super) code_system: CodeSystem,
    pub(super) code_year: i32,
    pub(super) state: UnitState,
    pub(super) live_on: Option<String>,
    pub(super) pilot: bool,
    pub(super) statistical: bool,
}

/// One row of a file of grids.
#[derive(Clone, Debug)]
pub(super) struct GridRow {
    pub(super) row: usize,
    pub(super) code: String,
    pub(super) village_code: String,
    pub(super) name: String,
    pub(super) kind: GridKind,
    pub(super) boundary: Option<Boundary>,
}

/// The cells of one row by column; a missing column is an empty cell.
struct Cells<'a> {
    row: usize,
    text: BTreeMap<&'static str, String>,
    bad: &'a mut Vec<BadRow>,
}

impl Cells<'_> {
    fn get(&self, column: &'static str) -> &str {
        self.text.get(column).map_or("", String::as_str)
    }

    fn refuse(&mut self, column: &'static str, reason: &str) {
        let value = self.get(column).to_owned();
        self.bad.push(BadRow::new(self.row, column, &value, reason));
    }

    fn name(&mut self) -> String {
        let name = self.get("name").to_owned();
        if name.is_empty() {
            self.refuse("name", "must not be empty");
        } else if name.chars().count() > NAME_LIMIT {
            self.refuse("name", "is longer than 60 characters");
        }
        name
    }

    fn digits(&mut self, column: &'static str, length: usize) -> String {
        let code = self.get(column).to_owned();
        if code.len() != length || !code.bytes().all(|digit| digit.is_ascii_digit()) {
            self.refuse(column, &format!("must be {length} digits"));
        }
        code
    }

    fn choice<T: std::str::FromStr>(
        &mut self,
        column: &'static str,
        default: Option<T>,
        allowed: &str,
    ) -> Option<T> {
        match (self.get(column), default) {
            ("", Some(default)) => Some(default),
            (text, _) => {
                if let Ok(value) = text.parse() {
                    Some(value)
                } else {
                    self.refuse(column, &format!("must be one of {allowed}"));
                    None
                }
            }
        }
    }

    fn flag(&mut self, column: &'static str) -> bool {
        match self.get(column) {
            "true" => true,
            "" | "false" => false,
            _ => {
                self.refuse(column, "must be true, false or empty");
                false
            }
        }
    }
}

const UNIT_COLUMNS: [&str; 10] = [
    "code",
    "name",
    "level",
    "parent_code",
    "code_system",
    "code_year",
    "state",
    "live_on",
    "pilot",
    "statistical",
];
const GRID_COLUMNS: [&str; 4] = ["code", "village_code", "name", "kind"];

/// Reads a CSV file of units.
pub(super) fn read_units(bytes: &[u8]) -> Result<Vec<UnitRow>, Vec<BadRow>> {
    let mut bad = vec![];
    let rows = read_csv(bytes, &UNIT_COLUMNS, &["code", "name", "level", "parent_code"])?;
    let mut units = vec![];
    let mut seen = HashSet::new();
    for (row, cells) in rows {
        let mut cells = Cells { row, text: cells, bad: &mut bad };
        if let Some(unit) = unit_row(&mut cells) {
            if !seen.insert((unit.code_system, unit.code_year, unit.code.clone())) {
                cells.refuse("code", "stands in the file twice");
            }
            units.push(unit);
        }
    }
    if bad.is_empty() { Ok(units) } else { Err(bad) }
}

fn unit_row(cells: &mut Cells<'_>) -> Option<UnitRow> {
    let level = cells.choice::<UnitLevel>("level", None, "district, town, village");
    let code_system = cells.choice("code_system", Some(CodeSystem::Nbs), "NBS, MCA");
    let state = cells.choice("state", Some(UnitState::Live), "planned, building, live, dissolved");
    let code_year = cells.choice("code_year", Some(2023), "the years 1980 to 2100");
    if code_year.is_some_and(|year| !(1980..=2100).contains(&year)) {
        cells.refuse("code_year", "must be one of the years 1980 to 2100");
    }
    let name = cells.name();
    let live_on = cells.get("live_on").to_owned();
    if !live_on.is_empty() && NaiveDate::parse_from_str(&live_on, "%Y-%m-%d").is_err() {
        cells.refuse("live_on", "must be a day as YYYY-MM-DD");
    }
    let pilot = cells.flag("pilot");
    let statistical = cells.flag("statistical");
    let level = level?;
    let code = cells.digits("code", level.code_length());
    let parent_code = if let Some(above) = level.above() {
        cells.digits("parent_code", above.code_length())
    } else {
        if !cells.get("parent_code").is_empty() {
            cells.refuse("parent_code", "a district has no unit above it");
        }
        String::new()
    };
    Some(UnitRow {
        row: cells.row,
        code,
        name,
        level,
        parent_code,
        code_system: code_system?,
        code_year: code_year?,
        state: state?,
        live_on: Some(live_on).filter(|day| !day.is_empty()),
        pilot,
        statistical,
    })
}

/// Reads a file of grids: GeoJSON when it starts like it, CSV otherwise.
pub(super) fn read_grids(bytes: &[u8]) -> Result<Vec<GridRow>, Vec<BadRow>> {
    let start = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let rows = if start == Some(&b'{') { read_features(bytes)? } else { read_plain(bytes)? };
    let mut bad = vec![];
    let mut grids = vec![];
    let mut seen = HashSet::new();
    for (row, cells, boundary) in rows {
        let mut cells = Cells { row, text: cells, bad: &mut bad };
        let kind = cells.choice("kind", Some(GridKind::Basic), "basic, dedicated");
        let village_code = cells.digits("village_code", UnitLevel::Village.code_length());
        let code = if cells.get("code").is_empty() { String::new() } else { cells.digits("code", 15) };
        if !code.is_empty() && !code.starts_with(&village_code) {
            cells.refuse("code", "must start with its village_code");
        }
        if code.ends_with("000") {
            cells.refuse("code", "must end in a serial from 001 to 999");
        }
        if !code.is_empty() && !seen.insert(code.clone()) {
            cells.refuse("code", "stands in the file twice");
        }
        let name = cells.name();
        if let Some(kind) = kind {
            grids.push(GridRow { row, code, village_code, name, kind, boundary });
        }
    }
    if bad.is_empty() { Ok(grids) } else { Err(bad) }
}

/// The cells of a row by column.
type CellMap = BTreeMap<&'static str, String>;

/// A row's number, its cells and its boundary.
type PlacedRow = (usize, CellMap, Option<Boundary>);

fn read_plain(bytes: &[u8]) -> Result<Vec<PlacedRow>, Vec<BadRow>> {
    let rows = read_csv(bytes, &GRID_COLUMNS, &["village_code", "name"])?;
    Ok(rows.into_iter().map(|(row, cells)| (row, cells, None)).collect())
}

fn read_csv(
    bytes: &[u8],
    columns: &'static [&'static str],
    required: &[&'static str],
) -> Result<Vec<(usize, CellMap)>, Vec<BadRow>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(bytes);
    let unreadable =
        |row: usize, error: &csv::Error| vec![BadRow::new(row, "", "", format!("is not UTF-8 CSV: {error}"))];
    let header = reader.headers().map_err(|error| unreadable(1, &error))?.clone();
    let mut bad = vec![];
    for column in required.iter().filter(|column| !header.iter().any(|name| name == **column)) {
        bad.push(BadRow::new(1, column, "", "the header line lacks this column"));
    }
    for name in header.iter().filter(|name| !columns.contains(name)) {
        bad.push(BadRow::new(1, "", name, format!("no such column; known are {}", columns.join(", "))));
    }
    let mut rows = vec![];
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| unreadable(index + 2, &error))?;
        let row = record.position().map_or(index + 2, |at| usize::try_from(at.line()).unwrap_or(index + 2));
        if record.len() > header.len() {
            bad.push(BadRow::new(
                row,
                "",
                record.get(header.len()).unwrap_or(""),
                "more cells than the header line",
            ));
        }
        let cell = |column: &'static str| {
            let place = header.iter().position(|name| name == column)?;
            Some((column, record.get(place).unwrap_or("").to_owned()))
        };
        rows.push((row, columns.iter().copied().filter_map(cell).collect()));
    }
    if bad.is_empty() { Ok(rows) } else { Err(bad) }
}

fn read_features(bytes: &[u8]) -> Result<Vec<PlacedRow>, Vec<BadRow>> {
    let whole = |reason: String| vec![BadRow::new(1, "", "", reason)];
    let text = std::str::from_utf8(bytes).map_err(|error| whole(format!("is not UTF-8: {error}")))?;
    let Ok(GeoJson::FeatureCollection(features)) = text.parse::<GeoJson>() else {
        return Err(whole("is not a GeoJSON FeatureCollection".to_owned()));
    };
    let mut bad = vec![];
    let mut rows = vec![];
    for (index, feature) in features.features.into_iter().enumerate() {
        let row = index + 1;
        let property = |name: &str| {
            feature.property(name).and_then(serde_json::Value::as_str).unwrap_or("").trim().to_owned()
        };
        let system = property("coordinate_system");
        let system = if system.is_empty() { Ok(CoordinateSystem::Wgs84) } else { system.parse() };
        if system.is_err() {
            let value = property("coordinate_system");
            bad.push(BadRow::new(row, "coordinate_system", &value, "must be one of WGS84, GCJ02, CGCS2000"));
        }
        let geojson = feature.geometry.as_ref().and_then(|geometry| polygon_text(&geometry.to_string()));
        if geojson.is_none() {
            bad.push(BadRow::new(row, "geometry", "", "must be a closed Polygon in degrees"));
        }
        let cells = GRID_COLUMNS.into_iter().map(|column| (column, property(column))).collect();
        if let (Ok(system), Some(geojson)) = (system, geojson) {
            rows.push((row, cells, Some(Boundary { geojson, system })));
        }
    }
    if bad.is_empty() { Ok(rows) } else { Err(bad) }
}

/// The text of a closed polygon in degrees; `None` for anything else.
pub(super) fn polygon_text(text: &str) -> Option<String> {
    if text.len() > BOUNDARY_LIMIT {
        return None;
    }
    let geometry: Geometry = serde_json::from_str(text).ok()?;
    let GeometryValue::Polygon { coordinates } = &geometry.value else { return None };
    let closed = |ring: &Vec<geojson::Position>| ring.len() >= 4 && ring.first() == ring.last();
    let on_earth = |point: &geojson::Position| {
        matches!(point.as_slice(), [longitude, latitude, ..]
            if (-180.0..=180.0).contains(longitude) && (-90.0..=90.0).contains(latitude))
    };
    let sound = !coordinates.is_empty()
        && coordinates.iter().all(closed)
        && coordinates.iter().flatten().all(on_earth);
    sound.then(|| geometry.to_string())
}
