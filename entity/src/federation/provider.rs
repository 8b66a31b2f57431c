//! Whose word counts for who somebody is.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, IdentityProviderId, TenantId};
use crate::tenancy::Reach;
use crate::value::{SealedBytes, Timestamp};

/// An identity provider (身份提供方) that a tenant trusts: an OpenID issuer, or a WeChat mini-program.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identity_providers")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: IdentityProviderId,
    /// What people call it.
    pub name: String,
    /// `oidc` or `wechat`.
    pub kind: String,
    /// Who speaks: the `iss` of its tokens; `wechat` for WeChat.
    pub issuer: String,
    /// Whom it speaks to: the `aud` of its tokens; the app id for WeChat.
    pub audience: String,
    /// Where its keys are; absent for WeChat.
    pub jwks_url: Option<String>,
    /// Which claim names somebody; absent for WeChat.
    pub subject_claim: Option<String>,
    /// Claims with the value that each must have, as a JSON object; absent for WeChat.
    pub required_claims: Option<String>,
    /// The app secret of WeChat, sealed; absent for OpenID.
    pub secret: Option<SealedBytes>,
    /// Whether residents make accounts of their own by it.
    pub registers: bool,
    /// `enabled` or `disabled`.
    pub state: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it; absent for the system.
    pub created_by: Option<AccountId>,
    /// Counts changes.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Tenant);
