//! Somebody of the force.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, OrganisationId, StaffMemberId, TenantId, UnitId};
use crate::tenancy::Reach;
use crate::value::{BlindIndex, SealedBytes, Timestamp};

/// Somebody who serves, with or without an account to sign in.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "staff_members")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StaffMemberId,
    /// Staff number (工号), unique in the tenant.
    pub code: String,
    /// The unit that keeps their file.
    pub unit_id: UnitId,
    /// The organisation they belong to, such as the police.
    pub organisation_id: Option<OrganisationId>,
    /// Their account.
    pub account_id: Option<AccountId>,
    /// Sealed name.
    pub name: SealedBytes,
    /// Sealed telephone number.
    pub phone: Option<SealedBytes>,
    /// Blind index of the telephone number.
    pub phone_blind: Option<BlindIndex>,
    /// `serving` or `left`.
    pub state: String,
    /// When they were registered.
    pub created_at: Timestamp,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::StaffOrOwn { account: Column::AccountId });
