//! A post held at a target for a period.

use sea_orm::entity::prelude::*;

use crate::id::{
    AccountId, AppointmentId, GridId, OrganisationId, PostKindId, RoleGrantId, StaffMemberId, TenantId,
    UnitGroupId, UnitId,
};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// One appointment: somebody × kind of post × target × period.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "appointments")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AppointmentId,
    /// Who holds it.
    pub staff_member_id: StaffMemberId,
    /// Their account, as in their own row.
    pub account_id: Option<AccountId>,
    /// The kind of post.
    pub post_kind_id: PostKindId,
    /// `regular`, `secondment` or `stand_in`.
    pub kind: String,
    /// `unit`, `grid`, `group` or `organisation`.
    pub target_kind: String,
    /// The unit, for that kind.
    pub target_unit_id: Option<UnitId>,
    /// The grid, for that kind.
    pub target_grid_id: Option<GridId>,
    /// The unit group, for that kind.
    pub target_group_id: Option<UnitGroupId>,
    /// The organisation, for that kind.
    pub target_organisation_id: Option<OrganisationId>,
    /// The appointment whose duty a stand-in takes.
    pub stands_in_for_id: Option<AppointmentId>,
    /// The role grant it made.
    pub role_grant_id: Option<RoleGrantId>,
    /// Bare ids of the categories it is limited to, joined by `;`; empty for every category.
    pub categories: String,
    /// First instant.
    pub since_at: Timestamp,
    /// First instant after it; the greatest instant when it is open-ended.
    pub until_at: Timestamp,
    /// Number of the document of appointment (任命文号).
    pub document: Option<String>,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::StaffOrOwn { account: Column::AccountId });
