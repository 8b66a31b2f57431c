//! A named set of units and grids.

use sea_orm::entity::prelude::*;

use crate::id::{TenantId, UnitGroupId};
use crate::tenancy::Reach;

/// A management area, an area or a police grid.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_groups")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UnitGroupId,
    /// Code within the tenant.
    pub code: String,
    /// Name.
    pub name: String,
    /// `management_area`, `area` or `police_grid`.
    pub kind: String,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Tenant);
