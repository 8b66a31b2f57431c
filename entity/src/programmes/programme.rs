//! A programme of a tenant.

use sea_orm::entity::prelude::*;

use crate::id::{ProgrammeId, TenantId};

/// How cases of a kind go their way: a key, the draft of its next version, and which version counts.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "programmes")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProgrammeId,
    /// Key within the tenant, for example `dispute_ladder`; it never changes.
    pub key: String,
    /// The file of the next version; absent when nothing was drafted since the last publishing.
    pub draft: Option<String>,
    /// Number of the version that new cases follow; 0 before the first publishing.
    pub published: i32,
    /// Whether new cases follow it.
    pub active: bool,
    /// Version of the row, for optimistic concurrency.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(standing);
