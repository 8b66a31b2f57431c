//! An event that is told to an integrator.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, CaseId, TenantId, WebhookDeliveryId, WebhookId};
use crate::tenancy::Reach;
use crate::value::{SealedBytes, Timestamp};

/// An event that is told to an integrator, once per webhook however often it is tried.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_deliveries")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id: the same in every attempt.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookDeliveryId,
    /// To which webhook.
    pub webhook_id: WebhookId,
    /// Whose webhook it is.
    pub account_id: AccountId,
    /// Bare id of the event; of its own for a test.
    pub event_id: Uuid,
    /// Name of the event.
    pub event: String,
    /// The case that it is about; absent for a test.
    pub case_id: Option<CaseId>,
    /// Place of the event in the tenant's order; 0 for a test.
    pub position: i64,
    /// What is sent.
    pub body: String,
    /// Who could see the case before and after, as JSON; absent for a test.
    pub sight: Option<String>,
    /// `waiting`, `delivered`, `failed` or `withheld`.
    pub state: String,
    /// How often it was tried since it was enqueued last.
    pub tries: i32,
    /// What came of the last attempts, as a JSON list.
    pub attempts: String,
    /// When it is tried next, while it waits.
    pub next_attempt_at: Timestamp,
    /// Until when whoever tries it now has it for themselves.
    pub lease_until_at: Timestamp,
    /// When it was enqueued first.
    pub created_at: Timestamp,
    /// The number under which the receiver took it; absent until it says one.
    pub receipt_number: Option<String>,
    /// When the receiver said what became of it; absent until it does.
    pub receipt_at: Option<Timestamp>,
    /// Why the receiver did not accept what was told, sealed; absent unless it says so.
    pub refusal: Option<SealedBytes>,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::StaffOrOwn { account: Column::AccountId });
