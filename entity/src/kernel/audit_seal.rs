//! The place of an entry in the chain of its tenant, and the hash that holds it there.

use sea_orm::entity::prelude::*;

use crate::id::{AuditId, TenantId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// Written by the sealer after the commit of its entry, and never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_seals")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Place in the chain, from 1 without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    /// The entry.
    pub entry_id: AuditId,
    /// Which canonical form was hashed.
    pub format: i32,
    /// SHA-256 of the hash before and the canonical form of the entry.
    pub hash: Vec<u8>,
    /// When it was sealed.
    pub sealed_at: Timestamp,
}

/// No relations.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Auditor);
