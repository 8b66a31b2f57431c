//! Which organisation answers for a category.

use sea_orm::entity::prelude::*;

use crate::id::{CategoryId, DutyId, OrganisationId, TenantId, UnitId};
use crate::value::Timestamp;

/// An organisation answers for a category, and all below it, within a unit.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "duties")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DutyId,
    /// The category.
    pub category_id: CategoryId,
    /// Who answers for it.
    pub organisation_id: OrganisationId,
    /// Within which unit: the district, a town or a village.
    pub unit_id: UnitId,
    /// Since when.
    pub since_at: Timestamp,
    /// Until when; the greatest number while it lasts.
    pub until_at: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(standing);
