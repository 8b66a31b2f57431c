//! A tenant's own key: with it what is a tenant's is sealed besides the master key. It goes when the tenant is erased.

use sea_orm::entity::prelude::*;

use crate::id::TenantId;
use crate::tenancy::Reach;
use crate::value::{SealedBytes, Timestamp};

/// One key.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tenant_keys")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// 32 bytes, sealed by the master key alone.
    pub key: SealedBytes,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Tenant);
