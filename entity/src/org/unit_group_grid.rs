//! Grids of a unit group.

use sea_orm::entity::prelude::*;

use crate::id::{GridId, TenantId, UnitGroupId};
use crate::tenancy::Reach;

/// One member.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[expect(clippy::struct_field_names, reason = "a link is made of ids")]
#[sea_orm(table_name = "unit_group_grids")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// The group.
    #[sea_orm(primary_key, auto_increment = false)]
    pub group_id: UnitGroupId,
    /// The member.
    #[sea_orm(primary_key, auto_increment = false)]
    pub grid_id: GridId,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Tenant);
