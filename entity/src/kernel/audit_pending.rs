//! An entry of the audit trail that waits for its seal.

use sea_orm::entity::prelude::*;

use crate::id::{AuditId, TenantId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// Written by a trigger beside every entry, removed by the sealer with its seal.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_pending")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// The entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_id: AuditId,
    /// When the change was made: the oldest is sealed first.
    pub at: Timestamp,
}

/// No relations.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Nobody);
