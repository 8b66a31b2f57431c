//! A sample of closed cases.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, CaseSampleId, CategoryId, TenantId, UnitId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// Closed cases that were drawn at random to be checked. Staff read the row; whose sample it is says the service.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_samples")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CaseSampleId,
    /// What it is called.
    pub name: String,
    /// The unit whose cases it was drawn from.
    pub unit_id: UnitId,
    /// The town of that unit; absent for the district.
    pub town_id: Option<UnitId>,
    /// The village that the unit is; absent for a town and the district.
    pub village_id: Option<UnitId>,
    /// The category it was drawn from, with all below; absent for every one.
    pub category_id: Option<CategoryId>,
    /// Key of the programme it was drawn from; absent for every one.
    pub programme_key: Option<String>,
    /// The first day of closing, `2026-11-01`; absent for no first one.
    pub closed_from: Option<String>,
    /// The last day of closing; absent for no last one.
    pub closed_until: Option<String>,
    /// How many cases it was drawn from.
    pub population: i64,
    /// How many cases it has.
    pub size: i32,
    /// By which it was drawn: four numbers, which make the draw one that anybody can repeat.
    pub seed: String,
    /// How many of its cases were checked.
    pub checked: i32,
    /// How many of them passed.
    pub passed: i32,
    /// When it was drawn.
    pub drawn_at: Timestamp,
    /// Who drew it; absent for the system itself.
    pub drawn_by: Option<AccountId>,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::StaffOrOwn { account: Column::DrawnBy });
