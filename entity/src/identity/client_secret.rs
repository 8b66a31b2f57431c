//! A secret by which a program proves who it is.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, ClientSecretId, TenantId};
use crate::tenancy::Reach;
use crate::value::{SealedBytes, Timestamp};

/// A secret of a program's account (接口密钥): shown for a token, or signed with.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "client_secrets")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ClientSecretId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What people call it, such as the system that holds it.
    pub name: String,
    /// How it proves something: `secret` is shown, `signature` signs.
    pub proof: String,
    /// What may be done with it of what the account may do, as a JSON list; absent for all of it.
    pub permissions: Option<String>,
    /// The secret, sealed.
    pub secret: SealedBytes,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it; absent for the system.
    pub created_by: Option<AccountId>,
    /// From when on it counts no more.
    pub expires_at: Timestamp,
    /// When it was used last, give or take some minutes.
    pub used_at: Option<Timestamp>,
    /// When somebody ended it before its time.
    pub revoked_at: Option<Timestamp>,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Own { account: Column::AccountId });
