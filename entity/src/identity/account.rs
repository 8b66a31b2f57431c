//! An account of a tenant.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, TenantId};
use crate::tenancy::Reach;
use crate::value::{BlindIndex, SealedBytes, Timestamp};

/// Someone who signs in, or a program that does.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "accounts")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    /// Login within the tenant.
    pub login: String,
    /// Sealed name.
    pub name: SealedBytes,
    /// Sealed telephone number.
    pub phone: Option<SealedBytes>,
    /// Blind index of the telephone number.
    pub phone_blind: Option<BlindIndex>,
    /// `active` or `disabled`.
    pub state: String,
    /// Sessions begun at or before this instant have ended.
    pub sessions_from: Timestamp,
    /// Since when its second factor counts: when that was confirmed. None has none.
    pub second_factor_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::StaffOrOwn { account: Column::Id });
