//! Domain events: written to the outbox with the change, given a position after the commit.

use serde_json::Value;
use uuid::Uuid;

use crate::kernel::id::{AccountId, EventId, TenantId, Timestamp};
use crate::kernel::place::Visibility;

/// An event that a use case records in its transaction.
#[derive(Clone, Debug)]
pub struct EventDraft {
    /// Kind of the aggregate, for example `case`.
    pub aggregate: &'static str,
    /// Bare id of the aggregate.
    pub aggregate_id: Uuid,
    /// Version of the aggregate after the change.
    pub version: i64,
    /// Name, for example `case.handed_up`.
    pub name: &'static str,
    /// Ids and codes; never personal data.
    pub payload: Value,
    /// Who could see the aggregate before the change; `None` when it is new.
    pub before: Option<Visibility>,
    /// Who can see it after the change.
    pub after: Visibility,
}

/// An event as the relay delivers it.
#[derive(Clone, Debug)]
pub struct Event {
    /// Id.
    pub id: EventId,
    /// Tenant.
    pub tenant: TenantId,
    /// Place in the tenant's total order, from 1 without gaps.
    pub position: i64,
    /// Kind of the aggregate.
    pub aggregate: String,
    /// Bare id of the aggregate.
    pub aggregate_id: Uuid,
    /// Version of the aggregate after the change.
    pub version: i64,
    /// Name, for example `case.handed_up`.
    pub name: String,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// Who caused it; absent for the system itself.
    pub account: Option<AccountId>,
    /// Ids and codes.
    pub payload: Value,
    /// Who could see the aggregate before the change.
    pub before: Option<Visibility>,
    /// Who can see it after the change.
    pub after: Visibility,
}
