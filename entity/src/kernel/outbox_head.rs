//! How far the events of a tenant got.

use sea_orm::entity::prelude::*;

use crate::id::{EventId, TenantId};
use crate::tenancy::Reach;

/// Written by the relay and by the sweep; a tenant without events has none.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox_heads")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// The newest position.
    pub position: i64,
    /// The event that has it.
    pub event_id: EventId,
    /// Events before this position are no longer kept.
    pub gone: i64,
}

/// No relations.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Tenant);
