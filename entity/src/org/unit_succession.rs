//! Which unit took over from which.

use sea_orm::entity::prelude::*;

use crate::id::{TenantId, UnitId};

/// One link of a merger, split or move.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_successions")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// The unit that was dissolved or divided.
    #[sea_orm(primary_key, auto_increment = false)]
    pub predecessor_id: UnitId,
    /// The unit that took over.
    #[sea_orm(primary_key, auto_increment = false)]
    pub successor_id: UnitId,
    /// Day it took effect, `YYYY-MM-DD`.
    pub on_date: String,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(standing);
