//! One domain event, committed with the change that caused it.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, EventId, TenantId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// An event waiting for its position, or delivered at one.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox_events")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    /// Kind of the aggregate, for example `case`.
    pub aggregate: String,
    /// Bare UUID of the aggregate.
    pub aggregate_id: Uuid,
    /// Version of the aggregate after the change.
    pub version: i64,
    /// Name of the event, for example `case.handed_up`.
    pub name: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Who caused it; absent for the system itself.
    pub account_id: Option<AccountId>,
    /// The event as JSON: ids and codes, never personal data.
    pub payload: String,
    /// Who could see the aggregate before the change, as JSON; absent when it is new.
    pub scope_before: Option<String>,
    /// Who can see the aggregate after the change, as JSON.
    pub scope_after: String,
    /// Place in the tenant's total order, assigned by the relay after the commit.
    pub position: Option<i64>,
}

/// No relations.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Nobody);
