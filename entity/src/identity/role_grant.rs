//! A role held by an account at a target for a period.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, GridId, OrganisationId, RoleGrantId, TenantId, UnitGroupId, UnitId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// One grant: account × role × target × period, narrowed by categories and sensitivity.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_grants")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoleGrantId,
    /// Who holds it.
    pub account_id: AccountId,
    /// Key of the role in `roles.csv`.
    pub role: String,
    /// `platform`, `unit`, `grid`, `group` or `organisation`.
    pub target_kind: String,
    /// The unit, for that kind.
    pub target_unit_id: Option<UnitId>,
    /// The grid, for that kind.
    pub target_grid_id: Option<GridId>,
    /// The unit group, for that kind.
    pub target_group_id: Option<UnitGroupId>,
    /// The organisation, for that kind.
    pub target_organisation_id: Option<OrganisationId>,
    /// First instant.
    pub since_at: Timestamp,
    /// First instant after it; the greatest instant when it is open-ended.
    pub until_at: Timestamp,
    /// Rank of the sensitivity ceiling.
    pub sensitivity: i32,
    /// Who granted it; absent for the system.
    pub granted_by: Option<AccountId>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// 1 while it makes a separated administrator or an auditor: an account has at most one such grant.
    pub admin_slot: Option<i32>,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::StaffOrOwn { account: Column::AccountId });
