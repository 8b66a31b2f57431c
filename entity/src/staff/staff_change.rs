//! A line of the change log of the force.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, AppointmentId, StaffChangeId, StaffMemberId, TeamId, TenantId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// Who changed what about whom, and when.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staff_changes")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StaffChangeId,
    /// When.
    pub at: Timestamp,
    /// Who did it; absent for the system.
    pub changed_by: Option<AccountId>,
    /// About whom.
    pub staff_member_id: StaffMemberId,
    /// Their account, as in their own row.
    pub account_id: Option<AccountId>,
    /// What happened.
    pub kind: String,
    /// The appointment it is about.
    pub appointment_id: Option<AppointmentId>,
    /// The team it is about.
    pub team_id: Option<TeamId>,
    /// Names of the changed values, joined by `;`.
    pub fields: String,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::StaffOrOwn { account: Column::AccountId });
