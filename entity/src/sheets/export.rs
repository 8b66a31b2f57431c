//! A file that is taken out.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, ExportId, TenantId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// A file that is taken out; its bytes are in its parts.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "exports")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExportId,
    /// Whose it is: nobody else sees it.
    pub account_id: AccountId,
    /// What its rows are.
    pub kind: String,
    /// Its format.
    pub format: String,
    /// What it is taken out for.
    pub purpose: String,
    /// How far it is.
    pub state: String,
    /// How many rows it has.
    pub row_count: i64,
    /// How many bytes it has.
    pub byte_count: i64,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When whoever works on it was last heard.
    pub heard_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Version.
    pub version: i64,
    /// The role grants that it was written under; not of those of before they were kept.
    pub grants: Option<String>,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Own { account: Column::AccountId });
