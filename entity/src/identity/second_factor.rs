//! The second factor of an account.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, TenantId};
use crate::tenancy::Reach;
use crate::value::{SealedBytes, Timestamp};

/// What makes codes that go with the password. It counts while the account names the instant at which it was confirmed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "second_factors")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Whose it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// Sealed secret; none once it was removed.
    pub secret: Option<SealedBytes>,
    /// When the secret was made.
    pub begun_at: Timestamp,
    /// When a code of it was shown for the first time.
    pub confirmed_at: Option<Timestamp>,
    /// Codes of this step and of those before it count no more.
    pub last_step: i64,
    /// Digests of the recovery codes that were not used, one after the other.
    pub recovery_codes: Vec<u8>,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Own { account: Column::AccountId });
