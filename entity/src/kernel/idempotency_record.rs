//! What a mutation with an idempotency key did, kept so that a repeat does nothing.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, TenantId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// One key used by one account for one mutation.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_records")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Who used the key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// The key, as the client sent it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// The mutation, for example `caseReport`.
    pub field: String,
    /// Digest of the mutation's input, under a key that is not in the database.
    pub input_hash: Vec<u8>,
    /// Bare UUID of the result.
    pub result_id: Uuid,
    /// Version of the result right after the effect.
    pub result_version: i64,
    /// When the effect was committed.
    pub at: Timestamp,
}

/// No relations.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Own { account: Column::AccountId });
