//! One entry of a case's timeline.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, CaseEntryId, CaseId, TenantId};
use crate::tenancy::Reach;
use crate::value::{SealedBytes, Timestamp};

/// One act on a case. Only ever added to.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_entries")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CaseEntryId,
    /// The case.
    pub case_id: CaseId,
    /// Version of the case after the act.
    pub version: i64,
    /// When.
    pub at: Timestamp,
    /// The act, for example `hand_up`.
    pub act: String,
    /// State before; absent for the report.
    pub from_state: Option<String>,
    /// State after.
    pub to_state: String,
    /// Who acted; absent for the system itself.
    pub account_id: Option<AccountId>,
    /// 0 for everyone who sees the case, 1 for staff.
    pub audience: i32,
    /// What they wrote, sealed.
    pub text: Option<SealedBytes>,
    /// Facts as JSON: from whom to whom, level, evaluation. Ids and codes, never personal data.
    pub detail: String,
    /// At what level the case was supervised by this act; absent for every other act.
    pub supervision_level: Option<String>,
    /// Points that it cost whomever the case lay with; absent with the level.
    pub supervision_cost: Option<i32>,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::OfCase { case: Column::CaseId, audience: Column::Audience });
