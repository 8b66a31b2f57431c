//! A time at which somebody read what is masked of a person.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, RevealId, TenantId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// Once that an account read a person's name and number whole; kept for the day in which it counts. Whose they were is in the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reveals")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RevealId,
    /// Who read it.
    pub account_id: AccountId,
    /// When.
    pub revealed_at: Timestamp,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Own { account: Column::AccountId });
