//! The days off of a year as a tenant was given them.

use sea_orm::entity::prelude::*;

use crate::id::TenantId;

/// A year's days that differ from its weeks, in place of those that ship with the product.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "calendar_years")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// The year.
    #[sea_orm(primary_key, auto_increment = false)]
    pub year: i32,
    /// The days as JSON: `[[day, "holiday" or "workday", festival, notice], …]`, in order.
    pub days: String,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(standing);
