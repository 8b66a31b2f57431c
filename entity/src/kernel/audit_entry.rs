//! One row of the audit trail, written in the transaction of the change it tells of.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, AuditId, TenantId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// Who did what to which row, when, and in which request.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_entries")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditId,
    /// When the change was made.
    pub at: Timestamp,
    /// Who made it; absent for the system itself.
    pub account_id: Option<AccountId>,
    /// What was done, for example `case.hand_up`.
    pub action: String,
    /// Text form of the id of the row concerned.
    pub target: String,
    /// Id of the request.
    pub request_id: String,
    /// Facts as JSON: ids and codes, never personal data.
    pub detail: String,
}

/// No relations: the trail outlives what it tells of.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Auditor);
