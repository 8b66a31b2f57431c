//! A rung of a case's ladder that has fired.

use sea_orm::entity::prelude::*;

use crate::id::{CaseId, TenantId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// The claim of a rung: its key is what keeps it from firing twice.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_rungs")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// The case.
    #[sea_orm(primary_key, auto_increment = false)]
    pub case_id: CaseId,
    /// Key of the rung in the case's programme.
    #[sea_orm(primary_key, auto_increment = false)]
    pub rung: String,
    /// The visit whose clock it watched, from 1 in the order of the case's visits; for the clock of the whole a
    /// million for each time that it was given anew.
    #[sea_orm(primary_key, auto_increment = false)]
    pub visit: i32,
    /// What became of it: an act.
    pub act: String,
    /// When it had to fire.
    pub due_at: Timestamp,
    /// When it fired.
    pub fired_at: Timestamp,
    /// Version of the case after it.
    pub version: i64,
    /// 0: everyone who sees the case, for whoever acts on it must know what has fired.
    pub audience: i32,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::OfCase { case: Column::CaseId, audience: Column::Audience });
