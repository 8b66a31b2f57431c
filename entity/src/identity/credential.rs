//! The password of an account.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, TenantId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// One password, hashed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credentials")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Whose it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// Argon2id hash in PHC form.
    pub password_hash: String,
    /// When it was set.
    pub changed_at: Timestamp,
    /// When somebody else gave it; absent for one's own.
    pub given_at: Option<Timestamp>,
    /// Hashes of those before it, newest first, as a JSON list.
    pub former_hashes: String,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Own { account: Column::AccountId });
