//! A refresh token of a session: only its hash is kept.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, SessionId, TenantId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// One link of the chain of tokens by which a session is refreshed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_tokens")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// SHA-256 of the token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: Vec<u8>,
    /// Its session.
    pub session_id: SessionId,
    /// Whose session it is.
    pub account_id: AccountId,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it was used, or put out of use by a second successor.
    pub used_at: Option<Timestamp>,
    /// Hash of the token issued for it.
    pub successor_hash: Option<Vec<u8>>,
    /// When a lost answer was made good by a second successor.
    pub repeated_at: Option<Timestamp>,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Own { account: Column::AccountId });
