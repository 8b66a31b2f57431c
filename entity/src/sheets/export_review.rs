//! A file of very many people, which somebody else than its taker must approve.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, ExportId, ExportReviewId, TenantId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// A file that waits for somebody else's word, or had it. What there is to judge stands here, for the file itself is its taker's own.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_reviews")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExportReviewId,
    /// The file.
    pub export_id: ExportId,
    /// Who takes it.
    pub account_id: AccountId,
    /// What its rows are.
    pub kind: String,
    /// Its format.
    pub format: String,
    /// What it is taken out for.
    pub purpose: String,
    /// Which rows, as JSON.
    pub selection: String,
    /// The role grants that whoever takes it held: ids, with commas between.
    pub grants: String,
    /// How many rows it has.
    pub row_count: i64,
    /// Since when it waits.
    pub created_at: Timestamp,
    /// From when on nobody's word counts any more.
    pub lapses_at: Timestamp,
    /// What was said: nothing until somebody did.
    pub decision: Option<String>,
    /// Who said it.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// Why.
    pub note: Option<String>,
    /// Version.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::StaffOrOwn { account: Column::AccountId });
