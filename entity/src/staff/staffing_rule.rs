//! A version of the staffing rule of a tenant.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, StaffingRuleId, TenantId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// What a grid needs, from an instant on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staffing_rules")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StaffingRuleId,
    /// First instant; a later row takes over.
    pub since_at: Timestamp,
    /// Which of the rules it is, counted in the tenant: of two of one instant the later holds.
    pub serial: i64,
    /// The requirements as JSON.
    pub requirements: String,
    /// Who set it; absent for the system.
    pub set_by: Option<AccountId>,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Tenant);
