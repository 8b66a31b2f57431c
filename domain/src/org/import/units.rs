//! Rows of a file of units.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::kernel::id::UnitId;
use crate::kernel::sheet::{BadRow, Cells, Columns, SheetFile};
use crate::org::command::{NAME_LIMIT, REGISTER_YEAR, REGISTER_YEARS};
use crate::org::model::{CodeSystem, Unit, UnitLevel, UnitState};

/// The columns of a file of units.
pub(in crate::org) const UNIT_COLUMNS: [&str; 10] = [
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

/// A day, or that there is none.
#[derive(Clone, Debug)]
pub(in crate::org) struct Day(Option<String>);

/// One row of a file of units. What is `None` stands in a column that the file lacks: it leaves a unit
/// as it is.
#[derive(Clone, Debug)]
pub(in crate::org) struct UnitRow {
    pub(in crate::org) row: usize,
    pub(in crate::org) code: String,
    pub(in crate::org) level: UnitLevel,
    /// Nothing for a district, and for a row in which it cannot be read.
    pub(in crate::org) parent_code: Option<String>,
    pub(in crate::org) code_system: CodeSystem,
    pub(in crate::org) code_year: Option<i32>,
    name: String,
    state: Option<UnitState>,
    live_on: Option<Day>,
    pilot: Option<bool>,
    statistical: Option<bool>,
}

impl UnitRow {
    /// The new unit that this row describes.
    pub(in crate::org) fn unit(&self, id: UnitId, parent: Option<UnitId>) -> Unit {
        self.applied(&Unit {
            id,
            level: self.level,
            parent,
            town: match self.level {
                UnitLevel::District => None,
                UnitLevel::Town => Some(id),
                UnitLevel::Village => parent,
            },
            code: self.code.clone(),
            code_system: self.code_system,
            code_year: self.code_year.unwrap_or(REGISTER_YEAR),
            name: String::new(),
            state: UnitState::Live,
            pilot: false,
            statistical: false,
            live_on: None,
            version: 1,
        })
    }

    /// A unit after this row. Its code, its edition and its place never change by a file.
    pub(in crate::org) fn applied(&self, unit: &Unit) -> Unit {
        Unit {
            name: self.name.clone(),
            state: self.state.unwrap_or(unit.state),
            pilot: self.pilot.unwrap_or(unit.pilot),
            statistical: self.statistical.unwrap_or(unit.statistical),
            live_on: self.live_on.as_ref().map_or_else(|| unit.live_on.clone(), |day| day.0.clone()),
            ..unit.clone()
        }
    }
}

/// A file of units as far as it can be read.
#[derive(Debug, Default)]
pub(in crate::org) struct UnitFile {
    /// Rows whose level and code can be read.
    pub(in crate::org) rows: Vec<UnitRow>,
    /// Codes of the others. What lies below one of them has no mistake of its own.
    pub(in crate::org) faulty: HashSet<String>,
}

/// Reads a file of units.
pub(in crate::org) fn read_units(file: SheetFile, bad: &mut Vec<BadRow>) -> UnitFile {
    let columns = Columns { known: &UNIT_COLUMNS, required: &["code", "name", "level", "parent_code"] };
    let rows = file.rows(columns, bad);
    let mut file = UnitFile::default();
    let mut seen = HashMap::new();
    for (row, cells) in rows {
        let mut cells = Cells::new(row, cells, bad);
        if let Some(unit) = unit_row(&mut cells) {
            unique(&mut cells, &unit, &mut seen);
            file.rows.push(unit);
        } else {
            file.faulty.insert(cells.get("code").to_owned());
        }
    }
    file
}

/// One file names a code of a register once: whatever lies below it is found by its code alone. Of
/// districts there is one for each code, whatever the register.
fn unique(
    cells: &mut Cells<'_>,
    unit: &UnitRow,
    seen: &mut HashMap<(Option<CodeSystem>, String), Option<i32>>,
) {
    let system = Some(unit.code_system).filter(|_| unit.level != UnitLevel::District);
    match seen.insert((system, unit.code.clone()), unit.code_year) {
        None => {}
        Some(year) if year == unit.code_year => cells.refuse("code", "stands in the file twice"),
        Some(_) => cells.refuse("code_year", "another edition of this code stands in the file"),
    }
}

fn unit_row(cells: &mut Cells<'_>) -> Option<UnitRow> {
    let level = cells.choice("level", "district, town, village");
    let code_system = cells.optional("code_system", CodeSystem::Nbs, "NBS, MCA");
    let state = cells.optional("state", UnitState::Live, "planned, building, live, dissolved");
    let code_year = code_year(cells);
    let name = cells.line("name", NAME_LIMIT);
    let live_on = live_on(cells);
    let pilot = cells.flag("pilot");
    let statistical = cells.flag("statistical");
    let level: UnitLevel = level?;
    let code = cells.digits("code", level.code_length());
    let parent_code = match level.above() {
        Some(above) => cells.digits("parent_code", above.code_length()),
        None if cells.get("parent_code").is_empty() => None,
        None => {
            cells.refuse("parent_code", "a district has no unit above it");
            None
        }
    };
    Some(UnitRow {
        row: cells.row,
        code: code?,
        level,
        parent_code,
        code_system: code_system.unwrap_or(CodeSystem::Nbs),
        code_year,
        name,
        state,
        live_on,
        pilot,
        statistical,
    })
}

fn code_year(cells: &mut Cells<'_>) -> Option<i32> {
    const ALLOWED: &str = "the years 1980 to 2100";
    let year = cells.optional("code_year", REGISTER_YEAR, ALLOWED)?;
    if !REGISTER_YEARS.contains(&year) {
        cells.refuse("code_year", &format!("must be one of {ALLOWED}"));
    }
    Some(year)
}

fn live_on(cells: &mut Cells<'_>) -> Option<Day> {
    let day = cells.given("live_on")?.to_owned();
    if day.is_empty() {
        return Some(Day(None));
    }
    let Ok(day) = NaiveDate::parse_from_str(&day, "%Y-%m-%d") else {
        cells.refuse("live_on", "must be a day as YYYY-MM-DD");
        return None;
    };
    Some(Day(Some(day.to_string())))
}
