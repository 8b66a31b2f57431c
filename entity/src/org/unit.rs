//! A unit of the three tiers.

use sea_orm::entity::prelude::*;

use crate::id::{TenantId, UnitId};

/// A district, town or village with its centre or station.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "units")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UnitId,
    /// `district`, `town` or `village`.
    pub level: String,
    /// The unit above; absent for the district.
    pub parent_id: Option<UnitId>,
    /// The town it belongs to, itself for a town; absent for the district.
    pub town_id: Option<UnitId>,
    /// Code in its code system.
    pub code: String,
    /// `NBS` or `MCA`.
    pub code_system: String,
    /// Year of the code system's edition.
    pub code_year: i32,
    /// Present name; earlier ones are in `unit_names`.
    pub name: String,
    /// `planned`, `building`, `live` or `dissolved`.
    pub state: String,
    /// Whether its station is a pilot.
    pub pilot: bool,
    /// Whether it is a statistical unit without residents.
    pub statistical: bool,
    /// Day its centre or station goes or went live, `YYYY-MM-DD`.
    pub live_on: Option<String>,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(standing);
