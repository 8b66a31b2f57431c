//! A team.

use sea_orm::entity::prelude::*;

use crate::id::{OrganisationId, StaffMemberId, TeamId, TenantId, UnitId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// People who work together under a name.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "teams")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TeamId,
    /// Code, unique in the tenant.
    pub code: String,
    /// Name.
    pub name: String,
    /// Brand name (品牌).
    pub brand_name: Option<String>,
    /// Kind of team.
    pub kind: String,
    /// The unit it works for.
    pub unit_id: UnitId,
    /// The organisation that runs it.
    pub organisation_id: Option<OrganisationId>,
    /// Who leads it.
    pub leader_id: Option<StaffMemberId>,
    /// `active` or `disbanded`.
    pub state: String,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Tenant);
