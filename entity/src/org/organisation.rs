//! A department, committee or partner organisation.

use sea_orm::entity::prelude::*;

use crate::id::{OrganisationId, TenantId};

/// One organisation, orthogonal to territory.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisations")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrganisationId,
    /// Code within the tenant.
    pub code: String,
    /// Name.
    pub name: String,
    /// Kind, as categories name it: `justice`, `housing`, `police` …
    pub kind: String,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(standing);
