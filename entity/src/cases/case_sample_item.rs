//! A case of a sample.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, CaseId, CaseSampleId, CaseSampleItemId, TenantId};
use crate::tenancy::Reach;
use crate::value::{SealedBytes, Timestamp};

/// A case that was drawn, and what whoever checked it found.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_sample_items")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CaseSampleItemId,
    /// The sample.
    pub sample_id: CaseSampleId,
    /// The case.
    pub case_id: CaseId,
    /// Its place in the order in which cases were drawn, from 1.
    pub position: i64,
    /// `passed` or `failed`; absent until it is checked.
    pub finding: Option<String>,
    /// What was found, sealed: people type names into it.
    pub note: Option<SealedBytes>,
    /// Who checked it.
    pub checked_by: Option<AccountId>,
    /// When it was checked.
    pub checked_at: Option<Timestamp>,
    /// 1: staff who see the case.
    pub audience: i32,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::OfCase { case: Column::CaseId, audience: Column::Audience });
