//! A grid of a village.

use sea_orm::entity::prelude::*;

use crate::id::{GridId, TenantId, UnitId};

/// The smallest area that somebody answers for.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grids")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GridId,
    /// Town of its village.
    pub town_id: UnitId,
    /// Its village; never a town or district.
    pub village_id: UnitId,
    /// 12-digit area code and 3-digit serial; never used again.
    pub code: String,
    /// Name.
    pub name: String,
    /// `basic` or `dedicated`.
    pub kind: String,
    /// `live` or `dissolved`.
    pub state: String,
    /// GeoJSON polygon.
    pub boundary: Option<String>,
    /// Coordinate system of the polygon: `WGS84`, `GCJ02` or `CGCS2000`.
    pub boundary_system: Option<String>,
    /// West edge of the box around the polygon, in millionths of a degree of its system, rounded outwards; absent
    /// without a polygon, as the other edges are.
    pub west: Option<i64>,
    /// South edge.
    pub south: Option<i64>,
    /// East edge.
    pub east: Option<i64>,
    /// North edge.
    pub north: Option<i64>,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(standing);
