//! Where an integrator is told of events.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, TenantId, UnitId, WebhookId};
use crate::tenancy::Reach;
use crate::value::{SealedBytes, Timestamp};

/// Where an integrator is told of events.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhooks")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookId,
    /// Whose it is: it is told what this account may see.
    pub account_id: AccountId,
    /// What its owner calls it.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// Names of the events that are wanted, as a JSON list; empty for all.
    pub event_types: String,
    /// Bare ids of the categories that are wanted, as a JSON list; empty for all.
    pub category_ids: String,
    /// The unit whose cases are wanted; absent for all.
    pub unit_id: Option<UnitId>,
    /// How much is told: `thin` or `full`.
    pub content: String,
    /// The system whose tickets alone are wanted; absent for all cases.
    pub external_source: Option<String>,
    /// What its messages are signed with, sealed.
    pub secret: SealedBytes,
    /// What they were signed with before, sealed; absent when nothing was rotated lately.
    pub old_secret: Option<SealedBytes>,
    /// Until when the old secret signs too; absent with it.
    pub old_secret_until_at: Option<Timestamp>,
    /// `enabled` or `disabled`.
    pub state: String,
    /// Why it is disabled; absent while it is enabled.
    pub disabled_reason: Option<String>,
    /// Since when it is disabled; absent while it is enabled.
    pub disabled_at: Option<Timestamp>,
    /// Events up to this position of the tenant were looked at.
    pub position: i64,
    /// How many events were no longer kept when it got to them.
    pub missed_events: i64,
    /// Since when every attempt failed; absent after one that did not.
    pub failing_since_at: Option<Timestamp>,
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
