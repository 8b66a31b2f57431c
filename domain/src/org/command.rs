//! Inputs of the org slice's use cases, parsed: what does not make sense cannot be built.

use std::ops::RangeInclusive;

use chrono::NaiveDate;

use crate::kernel::failure::Problem;
use crate::kernel::id::{GridId, UnitId};
use crate::kernel::text::{self, BadText};
use crate::org::error::OrgError;
use crate::org::model::{Boundary, CodeSystem, GridKind, GroupKind, Unit, UnitLevel, UnitState};

/// Most characters of a name.
pub const NAME_LIMIT: usize = 60;
/// Most characters of a group's or organisation's code.
pub const CODE_LIMIT: usize = 32;
/// Edition of the statistics register that a code is read in unless its year is given.
pub const REGISTER_YEAR: i32 = 2023;
/// Years of which there can be editions: before, there was no register.
pub const REGISTER_YEARS: RangeInclusive<i32> = 1980..=2100;
/// Serials per village that fit three digits.
pub const GRID_SERIALS: i64 = 999;

/// Create a tenant together with its district unit.
#[derive(Clone, Debug)]
pub struct CreateTenant {
    /// Six-digit code of the district.
    pub code: String,
    /// Name of the district.
    pub name: String,
}

/// Create a unit below another.
#[derive(Clone, Debug)]
pub struct CreateUnit {
    /// The unit above.
    pub parent: UnitId,
    /// Code in its register: 9 digits for a town, 12 for a village.
    pub code: String,
    /// The register.
    pub code_system: CodeSystem,
    /// Year of the register's edition.
    pub code_year: i32,
    /// Name.
    pub name: String,
    /// State of its centre or station.
    pub state: UnitState,
    /// Day its centre or station goes live.
    pub live_on: Option<NaiveDate>,
}

/// Give a unit another name; the old one stays in its history.
#[derive(Clone, Debug)]
pub struct RenameUnit {
    /// The unit.
    pub unit: UnitId,
    /// The version the caller saw.
    pub expected_version: i64,
    /// The new name.
    pub name: String,
    /// First day of the new name.
    pub since_on: NaiveDate,
}

/// Into what units are merged.
#[derive(Clone, Debug)]
pub enum Successor {
    /// A unit that exists and goes on.
    Existing(UnitId),
    /// A new unit of the same level and parent.
    New {
        /// Code in its register.
        code: String,
        /// The register.
        code_system: CodeSystem,
        /// Year of the register's edition.
        code_year: i32,
        /// Name.
        name: String,
    },
}

/// Merge units of one level; they are dissolved and the successor answers for their past.
#[derive(Clone, Debug)]
pub struct MergeUnits {
    /// The units that end.
    pub predecessors: Vec<UnitId>,
    /// The unit that takes over.
    pub successor: Successor,
    /// Day it takes effect.
    pub on: NaiveDate,
}

/// Create a grid of a village; its code is given by the allocator.
#[derive(Clone, Debug)]
pub struct CreateGrid {
    /// Its village.
    pub village: UnitId,
    /// Name.
    pub name: String,
    /// What it covers.
    pub kind: GridKind,
    /// Its area.
    pub boundary: Option<Boundary>,
}

/// Create a unit group.
#[derive(Clone, Debug)]
pub struct CreateGroup {
    /// Code within the tenant.
    pub code: String,
    /// Name.
    pub name: String,
    /// What it is for.
    pub kind: GroupKind,
    /// Units in it.
    pub units: Vec<UnitId>,
    /// Grids in it.
    pub grids: Vec<GridId>,
}

/// Create an organisation.
#[derive(Clone, Debug)]
pub struct CreateOrganisation {
    /// Code within the tenant.
    pub code: String,
    /// Name.
    pub name: String,
    /// Kind, as categories name the responsible one.
    pub kind: String,
}

/// A name: one line, trimmed and bounded.
pub(super) fn name(text: &str, path: &str) -> Result<String, Problem<OrgError>> {
    text::line(text, NAME_LIMIT).map_err(|bad| bad_text(bad, path))
}

/// A code of a group or organisation.
pub(super) fn short_code(text: &str, path: &str) -> Result<String, Problem<OrgError>> {
    let code = text::required(text, CODE_LIMIT).map_err(|bad| bad_text(bad, path))?;
    if code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        Ok(code)
    } else {
        Err(Problem::at(path, OrgError::InvalidCode))
    }
}

/// An area code of a level: digits only, of the level's length.
pub(super) fn area_code(text: &str, level: UnitLevel, path: &str) -> Result<String, Problem<OrgError>> {
    let code = text.trim();
    if code.len() == level.code_length() && code.bytes().all(|digit| digit.is_ascii_digit()) {
        Ok(code.to_owned())
    } else {
        Err(Problem::at(path, OrgError::InvalidCode))
    }
}

/// The code of a unit below another: of its level, and of one register beginning with the code above.
pub(super) fn code_below(
    parent: &Unit,
    code_system: CodeSystem,
    text: &str,
    level: UnitLevel,
    path: &str,
) -> Result<String, Problem<OrgError>> {
    let code = area_code(text, level, path)?;
    if parent.admits_below(code_system, &code) {
        Ok(code)
    } else {
        Err(Problem::at(path, OrgError::InvalidCode))
    }
}

/// The year of an edition of a register.
pub(super) fn code_year(year: i32, path: &str) -> Result<i32, Problem<OrgError>> {
    if REGISTER_YEARS.contains(&year) { Ok(year) } else { Err(Problem::at(path, OrgError::InvalidYear)) }
}

fn bad_text(bad: BadText, path: &str) -> Problem<OrgError> {
    let error = match bad {
        BadText::Empty => OrgError::Required,
        BadText::TooLong { limit } => OrgError::TooLong { limit },
        BadText::ControlCharacter => OrgError::InvalidText,
    };
    Problem::at(path, error)
}
