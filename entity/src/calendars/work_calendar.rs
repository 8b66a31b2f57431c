//! The work calendar of a tenant.

use sea_orm::entity::prelude::*;

use crate::id::TenantId;

/// Where a district's clocks are and at which hours it works. A tenant without a row works by the calendar that ships
/// with the product.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "work_calendars")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Name of the zone, for example `Asia/Shanghai`.
    pub zone: String,
    /// The hours since each day on which other ones began, as JSON:
    /// `[[day or null, [[first minute, end], …], [ISO numbers of the weekly days of rest]], …]`.
    pub hours: String,
    /// Version of the calendar, its years included, for optimistic concurrency.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(standing);
