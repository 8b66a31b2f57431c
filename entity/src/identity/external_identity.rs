//! Whom somebody else knows an account as.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, ExternalIdentityId, IdentityProviderId, TenantId};
use crate::tenancy::Reach;
use crate::value::{BlindIndex, SealedBytes, Timestamp};

/// What an identity provider calls whoever holds an account (外部身份).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "external_identities")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExternalIdentityId,
    /// Whose it is.
    pub account_id: AccountId,
    /// Who calls them so.
    pub provider_id: IdentityProviderId,
    /// What they are called, sealed: an open id of WeChat, a subject of OpenID.
    pub subject: SealedBytes,
    /// By which it is found.
    pub subject_blind: BlindIndex,
    /// 1 while it counts, absent afterwards: what counts is unique.
    pub live_slot: Option<i32>,
    /// When it was linked.
    pub created_at: Timestamp,
    /// When somebody signed in by it last.
    pub used_at: Option<Timestamp>,
    /// When it was taken away.
    pub removed_at: Option<Timestamp>,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Own { account: Column::AccountId });
