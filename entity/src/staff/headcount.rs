//! A planned number of people.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, HeadcountId, PostKindId, TenantId, UnitId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// How many a unit plans of a kind of post, from an instant on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "headcounts")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: HeadcountId,
    /// The unit.
    pub unit_id: UnitId,
    /// The kind of post.
    pub post_kind_id: PostKindId,
    /// First instant; a later row takes over.
    pub since_at: Timestamp,
    /// Which of the plans it is, counted in the tenant: of two of one instant the later holds.
    pub serial: i64,
    /// How many are planned.
    pub planned: i32,
    /// Who set it; absent for the system.
    pub set_by: Option<AccountId>,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Tenant);
