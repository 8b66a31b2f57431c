//! The leave that a district gives somebody of another tenant.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, OversightGrantId, RoleGrantId, TenantId, UnitId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// An oversight grant (跨区督查授权): somebody of another tenant reads this one for a time, and changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "oversight_grants")]
pub struct Model {
    /// Tenant that is read.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OversightGrantId,
    /// The account that the overseer has here.
    pub account_id: AccountId,
    /// What that account holds.
    pub role_grant_id: RoleGrantId,
    /// What they read: the district, or a town of it.
    pub unit_id: UnitId,
    /// The overseer's own tenant.
    pub home_tenant_id: TenantId,
    /// Their account there.
    pub home_account_id: AccountId,
    /// Code of that tenant, when the leave was given.
    pub home_code: String,
    /// Login of that account, when the leave was given.
    pub home_login: String,
    /// Why it was given.
    pub reason: String,
    /// First instant.
    pub since_at: Timestamp,
    /// First instant after it.
    pub until_at: Timestamp,
    /// When it was given.
    pub created_at: Timestamp,
    /// Who gave it; absent for the system.
    pub created_by: Option<AccountId>,
    /// When it was taken back before its end.
    pub revoked_at: Option<Timestamp>,
    /// Who took it back; absent for the system, and while nobody has.
    pub revoked_by: Option<AccountId>,
    /// Counts changes.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::StaffOrOwn { account: Column::AccountId });
