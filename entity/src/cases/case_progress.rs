//! What became of a case, told to somebody whose own case is part of it.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, CaseId, CaseProgressId, TenantId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// A state that a case came to, for one account that follows it without seeing it. Only ever added to.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_progress")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CaseProgressId,
    /// Who follows it.
    pub account_id: AccountId,
    /// Their own case, which is part of it.
    pub case_id: CaseId,
    /// Number of the case that it is part of.
    pub number: String,
    /// State that this one came to.
    pub state: String,
    /// When.
    pub at: Timestamp,
    /// Version that it had then.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Own { account: Column::AccountId });
