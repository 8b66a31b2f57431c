//! Somebody's time in a team.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, StaffMemberId, TeamId, TeamMembershipId, TenantId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// Somebody's time in a team.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "team_memberships")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TeamMembershipId,
    /// The team.
    pub team_id: TeamId,
    /// Who.
    pub staff_member_id: StaffMemberId,
    /// Their account, as in their own row.
    pub account_id: Option<AccountId>,
    /// First instant.
    pub since_at: Timestamp,
    /// First instant after it; the greatest instant when it is open-ended.
    pub until_at: Timestamp,
    /// Version, for events.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::StaffOrOwn { account: Column::AccountId });
