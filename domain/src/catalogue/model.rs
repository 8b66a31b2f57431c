//! Plain values of the catalogue slice.

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::kernel::id::CategoryId;
use crate::kernel::place::Sensitivity;

/// What the hours of a limit count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum LimitClock {
    /// Every hour, day and night (自然日, 紧急工作时).
    Calendar,
    /// Working hours only (工作时).
    Work,
}

/// The time a case may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Hours, at least 1.
    pub hours: u32,
    /// What the hours count.
    pub clock: LimitClock,
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
    /// Time a case may take; none when nothing above gives one.
    pub limit: Option<Limit>,
    /// Kind of the organisation that answers for it.
    pub organisation_kind: Option<String>,
    /// Least sensitivity of its cases.
    pub sensitivity: Sensitivity,
}
