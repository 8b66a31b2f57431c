//! The token by which an identity provider is asked.

use sea_orm::entity::prelude::*;

use crate::id::{IdentityProviderId, TenantId};
use crate::tenancy::Reach;
use crate::value::{SealedBytes, Timestamp};

/// The interface token of a WeChat mini-program (接口调用凭据), which all processes of a deployment share, and who fetches the next one.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "provider_tokens")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Whose it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub provider_id: IdentityProviderId,
    /// The token, sealed; absent before the first.
    pub token: Option<SealedBytes>,
    /// From when on it counts no more.
    pub expires_at: Timestamp,
    /// Until when one process fetches the next one and the others wait.
    pub lease_until_at: Timestamp,
    /// When one was fetched last in place of one that still counted.
    pub forced_at: Timestamp,
    /// The day of that, in days since 1970 by the clock of China.
    pub forced_day: i64,
    /// How often on that day.
    pub forced_count: i32,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Tenant);
