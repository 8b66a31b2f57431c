//! Plain values of the catalogue slice.

use crate::kernel::calendar::Limit;
use crate::kernel::id::CategoryId;
use crate::kernel::place::Sensitivity;

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
    /// Time a case may take, and the category that gives it; none when nothing above gives one.
    pub limit: Option<(Limit, CategoryId)>,
    /// Kind of the organisation that answers for it.
    pub organisation_kind: Option<String>,
    /// Least sensitivity of its cases.
    pub sensitivity: Sensitivity,
}
