//! Plain values of the catalogue slice.

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::kernel::calendar::Limit;
use crate::kernel::id::{CategoryId, DutyId, OrganisationId, Timestamp, UnitId};
use crate::kernel::place::Sensitivity;

/// Who is asked first about the cases of a category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum RoutingKind {
    /// Events (事件): the office of the place, then the organisation that answers for the matter (先属地后属主).
    #[default]
    TerritoryFirst,
    /// Components (部件) such as lamps and covers: the organisation that owns them, then the office of the place
    /// (先属主后属地).
    OwnerFirst,
}

/// Within what cases of one category are likely to be one matter. 50 metres and 24 hours where no category says
/// otherwise, as urban management has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nearness {
    /// Metres between their points.
    pub metres: u32,
    /// Hours between their reports.
    pub hours: u32,
}

impl Default for Nearness {
    fn default() -> Self {
        Self { metres: 50, hours: 24 }
    }
}

/// A node of the tenant's category tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// Id.
    pub id: CategoryId,
    /// The category above.
    pub parent: Option<CategoryId>,
    /// Depth in the tree: 1 for a class at the root.
    pub level: u32,
    /// Code within the tenant.
    pub code: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// Its own limit; see [`EffectiveTerms`] for the one that counts.
    pub limit: Option<Limit>,
    /// Its own kind of responsible organisation.
    pub organisation_kind: Option<String>,
    /// Who it says is asked first.
    pub routing: Option<RoutingKind>,
    /// Metres within which it says that cases are alike.
    pub similar_metres: Option<u32>,
    /// Hours within which it says that cases are alike.
    pub similar_hours: Option<u32>,
    /// Least sensitivity that it gives to its cases and to the categories below.
    pub sensitivity: Sensitivity,
    /// Code of the national standard it answers to.
    pub national_code: Option<String>,
    /// Whether new cases may be filed under it.
    pub active: bool,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// What counts for the cases of a category: its own terms, or those of the nearest one above.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EffectiveTerms {
    /// Time a case may take, and the category that gives it; none when nothing above gives one.
    pub limit: Option<(Limit, CategoryId)>,
    /// Kind of the organisation that answers for it.
    pub organisation_kind: Option<String>,
    /// Who is asked first.
    pub routing: RoutingKind,
    /// Within what its cases are alike.
    pub nearness: Nearness,
    /// Least sensitivity of its cases.
    pub sensitivity: Sensitivity,
}

/// An organisation answers for a category, and all below it, within a unit (权责清单).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Id.
    pub id: DutyId,
    /// The category.
    pub category: CategoryId,
    /// Who answers for it.
    pub organisation: OrganisationId,
    /// Within which unit: the district, a town or a village.
    pub unit: UnitId,
    /// Since when.
    pub since: Timestamp,
    /// Until when; none while it lasts.
    pub until: Option<Timestamp>,
}
