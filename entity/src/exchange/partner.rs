//! Another system that cases are exchanged with.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, ExchangePartnerId, TenantId, WebhookId};
use crate::tenancy::Reach;
use crate::value::{SealedBytes, Timestamp};

/// Another system that cases are exchanged with (对接系统).
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "exchange_partners")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExchangePartnerId,
    /// By whose right it acts.
    pub account_id: AccountId,
    /// What it is called in addresses, and the source of its tickets.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// By which door it comes in: `signed` or `open311`.
    pub door: String,
    /// How its tickets came in, for example `hotline_12345`.
    pub case_source: String,
    /// How its words are read, as JSON.
    pub mapping: String,
    /// Where it is told what becomes of cases; absent for a system that only asks.
    pub webhook_id: Option<WebhookId>,
    /// What it signs with or shows, sealed.
    pub secret: SealedBytes,
    /// The one of before the last rotation, sealed; absent when nothing was rotated lately.
    pub old_secret: Option<SealedBytes>,
    /// Until when the old secret counts too; absent with it.
    pub old_secret_until_at: Option<Timestamp>,
    /// Since when it may not come in; absent while it may.
    pub disabled_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// Counts its changes.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::StaffOrOwn { account: Column::AccountId });
