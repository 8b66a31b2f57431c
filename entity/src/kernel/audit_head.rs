//! Where the chain of a tenant's audit trail begins and ends.

use sea_orm::entity::prelude::*;

use crate::id::TenantId;
use crate::tenancy::Reach;

/// Written by the sealer and by the sweep; a tenant without sealed entries has none.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_heads")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Place of the newest seal.
    pub sequence: i64,
    /// Its hash.
    pub hash: Vec<u8>,
    /// Seals up to this place are no longer kept; 0 while all are.
    pub gone: i64,
    /// Hash of the last of those, on which the first that is kept was built.
    pub gone_hash: Vec<u8>,
}

/// No relations.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Auditor);
