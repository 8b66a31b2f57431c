//! Inputs of the catalogue slice's use cases, and what makes them valid.

use std::ops::RangeInclusive;

use serde::Deserialize;

use crate::catalogue::error::CategoryError;
use crate::catalogue::model::RoutingKind;
use crate::kernel::calendar::{Limit, LimitKind};
use crate::kernel::change::Change;
use crate::kernel::failure::Problem;
use crate::kernel::id::{CategoryId, OrganisationId, UnitId};
use crate::kernel::place::Sensitivity;
use crate::kernel::sheet::{BadRow, Cells, Columns, SheetFile};
use crate::kernel::text::{self, BadText};

/// Most characters of a name.
pub(super) const NAME_LIMIT: usize = 120;
/// Most characters of a code.
pub(super) const CODE_LIMIT: usize = 32;
/// Metres within which cases may be said to be alike: no further than what one can walk to in an hour.
pub(super) const METRES: RangeInclusive<u32> = 1..=5_000;
/// Hours within which cases may be said to be alike: up to thirty days, for whoever asks looks at all of the category within them.
pub(super) const HOURS: RangeInclusive<u32> = 1..=720;
/// Most levels of the tree.
pub(super) const LEVEL_LIMIT: u32 = 8;

/// Create a category.
#[derive(Clone, Debug)]
pub struct CreateCategory {
    /// The category above; none for a class at the root.
    pub parent: Option<CategoryId>,
    /// Code within the tenant.
    pub code: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// Time a case may take.
    pub limit: Option<Limit>,
    /// Kind of the organisation that answers for it.
    pub organisation_kind: Option<String>,
    /// Who is asked first; none leaves it to the category above.
    pub routing: Option<RoutingKind>,
    /// Metres within which cases are alike; none leaves it to the category above.
    pub similar_metres: Option<u32>,
    /// Hours within which cases are alike; none leaves it to the category above.
    pub similar_hours: Option<u32>,
    /// Least sensitivity of its cases.
    pub sensitivity: Sensitivity,
    /// Code of the national standard it answers to.
    pub national_code: Option<String>,
}

/// Change a category. Running cases keep the limit and sensitivity they began with.
#[derive(Clone, Debug)]
pub struct UpdateCategory {
    /// The category.
    pub category: CategoryId,
    /// The version the caller saw.
    pub expected_version: i64,
    /// Name in Chinese; none keeps it.
    pub name_zh: Option<String>,
    /// Name in English; none keeps it.
    pub name_en: Option<String>,
    /// Time a case may take.
    pub limit: Change<Limit>,
    /// Kind of the organisation that answers for it.
    pub organisation_kind: Change<String>,
    /// Who is asked first.
    pub routing: Change<RoutingKind>,
    /// Metres within which cases are alike.
    pub similar_metres: Change<u32>,
    /// Hours within which cases are alike.
    pub similar_hours: Change<u32>,
    /// Least sensitivity of its cases; none keeps it.
    pub sensitivity: Option<Sensitivity>,
    /// Code of the national standard.
    pub national_code: Change<String>,
    /// Whether new cases may be filed under it; none keeps it.
    pub active: Option<bool>,
}

/// An organisation is to answer for a category within a unit.
#[derive(Clone, Copy, Debug)]
pub struct CreateDuty {
    /// The category, with all below it.
    pub category: CategoryId,
    /// Who answers for it.
    pub organisation: OrganisationId,
    /// Within which unit: the district, a town or a village.
    pub unit: UnitId,
}

/// The columns of a category file.
pub(super) const COLUMNS: [&str; 10] = [
    "code",
    "parent_code",
    "name_zh",
    "name_en",
    "limit_amount",
    "limit_kind",
    "organisation_kind",
    "routing",
    "national_code",
    "districts",
];

/// One line of a category file: the columns of `demo/categories.csv`.
#[derive(Clone, Debug, Deserialize)]
pub struct CategoryRow {
    /// Code.
    pub code: String,
    /// Code of the category above; empty for a class. It stands before its children.
    pub parent_code: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// Hours or days a case may take; none where the category above decides.
    pub limit_amount: Option<u32>,
    /// What they are: `urgent_hour`, `working_hour`, `working_day` or `calendar_day`.
    pub limit_kind: String,
    /// Kind of the organisation that answers for it.
    pub organisation_kind: String,
    /// Who is asked first: `territory_first` or `owner_first`; empty where the category above decides.
    pub routing: String,
    /// Code of the national standard.
    pub national_code: String,
    /// District codes joined by `;`; empty for every district.
    pub districts: String,
}

impl CategoryRow {
    /// The lines of a file with their numbers, as far as they can be read.
    pub(super) fn read(file: SheetFile, bad: &mut Vec<BadRow>) -> Vec<(usize, Self)> {
        let required = &["code", "parent_code", "name_zh", "name_en"];
        let lines = file.rows(Columns { known: &COLUMNS, required }, bad);
        let mut rows = vec![];
        for (row, cells) in lines {
            let mut cells = Cells::new(row, cells, bad);
            let amount = cells.get("limit_amount").to_owned();
            let limit_amount = amount.parse().ok();
            if !amount.is_empty() && limit_amount.is_none() {
                cells.refuse("limit_amount", "must be a number of hours or days or empty");
            }
            let text = |column: &'static str| cells.get(column).to_owned();
            let line = Self {
                code: text("code"),
                parent_code: text("parent_code"),
                name_zh: text("name_zh"),
                name_en: text("name_en"),
                limit_amount,
                limit_kind: text("limit_kind"),
                organisation_kind: text("organisation_kind"),
                routing: text("routing"),
                national_code: text("national_code"),
                districts: text("districts"),
            };
            rows.push((row, line));
        }
        rows
    }

    /// Whether the line is meant for a district.
    #[must_use]
    pub fn is_for(&self, district_code: &str) -> bool {
        self.districts.is_empty() || self.districts.split(';').any(|code| code == district_code)
    }

    /// Who the line says is asked first.
    pub(super) fn routing(&self) -> Result<Option<RoutingKind>, Problem<CategoryError>> {
        let written = Some(self.routing.as_str()).filter(|routing| !routing.is_empty());
        let unknown = |_| Problem::at("routing", CategoryError::InvalidRouting);
        written.map(|routing| routing.parse().map_err(unknown)).transpose()
    }

    /// The limit of the line.
    pub(super) fn limit(&self) -> Result<Option<Limit>, Problem<CategoryError>> {
        let Some(amount) = self.limit_amount else { return Ok(None) };
        let kind: LimitKind =
            self.limit_kind.parse().map_err(|_| Problem::at("limit_kind", CategoryError::InvalidLimit))?;
        limit(Limit { amount, kind }, "limit_amount").map(Some)
    }
}

/// A number of metres or hours within its bounds.
pub(super) fn within(
    number: u32,
    bounds: &RangeInclusive<u32>,
    path: &str,
) -> Result<u32, Problem<CategoryError>> {
    let sound = bounds.contains(&number).then_some(number);
    sound.ok_or_else(|| Problem::at(path, CategoryError::InvalidNearness))
}

/// A name, trimmed and bounded.
pub(super) fn name(name: &str, path: &str) -> Result<String, Problem<CategoryError>> {
    text::required(name, NAME_LIMIT).map_err(|bad| bad_text(bad, path))
}

/// A code of a category, of an organisation kind or of a standard: short, no spaces.
pub(super) fn code(code: &str, path: &str) -> Result<String, Problem<CategoryError>> {
    let code = text::required(code, CODE_LIMIT).map_err(|bad| bad_text(bad, path))?;
    if code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
        Ok(code)
    } else {
        Err(Problem::at(path, CategoryError::InvalidCode))
    }
}

/// A reference to a standard, such as `GB/T 30428.2:01`; nothing when empty.
pub(super) fn reference(text: Option<&str>, path: &str) -> Result<Option<String>, Problem<CategoryError>> {
    text::optional(text, NAME_LIMIT).map_err(|bad| bad_text(bad, path))
}

/// A limit within bounds.
pub(super) fn limit(limit: Limit, path: &str) -> Result<Limit, Problem<CategoryError>> {
    if limit.kind.bounds().contains(&limit.amount) {
        Ok(limit)
    } else {
        Err(Problem::at(path, CategoryError::InvalidLimit))
    }
}

fn bad_text(bad: BadText, path: &str) -> Problem<CategoryError> {
    let error = match bad {
        BadText::Empty => CategoryError::Required,
        BadText::TooLong { limit } => CategoryError::TooLong { limit },
        BadText::ControlCharacter => CategoryError::InvalidText,
    };
    Problem::at(path, error)
}
