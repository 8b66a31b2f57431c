//! A category of cases.

use sea_orm::entity::prelude::*;

use crate::id::{CategoryId, TenantId};

/// A node of the tenant's category tree: a class, or an item that cases are filed under.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "categories")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CategoryId,
    /// The category above; absent for a class at the root.
    pub parent_id: Option<CategoryId>,
    /// Depth in the tree: 1 at the root.
    pub level: i32,
    /// Code within the tenant; siblings stand in its order.
    pub code: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// Hours or days a case may take; absent when the category above decides.
    pub limit_amount: Option<i32>,
    /// What they are, `urgent_hour`, `working_hour`, `working_day` or `calendar_day`; absent with them.
    pub limit_kind: Option<String>,
    /// Kind of the organisation that answers for it; absent when the category above decides.
    pub organisation_kind: Option<String>,
    /// Least sensitivity of its cases, as a rank: 0 normal, 1 sensitive, 2 confidential.
    pub sensitivity: i32,
    /// Who is asked first about its cases, `territory_first` or `owner_first`; absent when the category above decides.
    pub routing: Option<String>,
    /// Metres within which its cases are alike; absent when the category above decides.
    pub similar_metres: Option<i32>,
    /// Hours within which its cases are alike; absent when the category above decides.
    pub similar_hours: Option<i32>,
    /// Code of the national standard it answers to.
    pub national_code: Option<String>,
    /// Whether new cases may be filed under it.
    pub active: bool,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(standing);
