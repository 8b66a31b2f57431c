//! A signed-in session.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, ClientSecretId, SessionId, TenantId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// What signing in opened; it lives no longer than its end, however often it is refreshed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    /// Whose it is.
    pub account_id: AccountId,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// When it was ended before.
    pub revoked_at: Option<Timestamp>,
    /// The secret by which a program opened it; absent for a person's.
    pub client_secret_id: Option<ClientSecretId>,
    /// The tenant from which somebody came to oversee this one; absent for all who are at home here, as are the two below.
    pub home_tenant_id: Option<TenantId>,
    /// Their account there.
    pub home_account_id: Option<AccountId>,
    /// The session there by which they came.
    pub home_session_id: Option<SessionId>,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Own { account: Column::AccountId });
