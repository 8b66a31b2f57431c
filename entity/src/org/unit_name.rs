//! Names a unit has borne.

use sea_orm::entity::prelude::*;

use crate::id::{TenantId, UnitId};
use crate::tenancy::Reach;

/// One name from a day on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unit_names")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// The unit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub unit_id: UnitId,
    /// First day of the name, `YYYY-MM-DD`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub since_on: String,
    /// The name.
    pub name: String,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Tenant);
