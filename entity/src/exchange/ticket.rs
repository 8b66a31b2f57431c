//! What came from another system under a number.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, CaseId, ExchangePartnerId, TenantId};
use crate::tenancy::Reach;
use crate::value::{SealedBytes, Timestamp};

/// What came from another system under a number (来件), and the case that it became.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "exchange_tickets")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// From where it came.
    #[sea_orm(primary_key, auto_increment = false)]
    pub partner_id: ExchangePartnerId,
    /// Its number there.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: String,
    /// By whose right it came in.
    pub account_id: AccountId,
    /// Digest of what was read of it, under a key that is not in the database.
    pub fingerprint: Vec<u8>,
    /// What came, as it came, sealed: what is not read of it is not lost.
    pub body: SealedBytes,
    /// The case.
    pub case_id: CaseId,
    /// When it came first.
    pub received_at: Timestamp,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::StaffOrOwn { account: Column::AccountId });
