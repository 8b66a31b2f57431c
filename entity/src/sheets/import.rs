//! A file that is brought in, and what came of it.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, ImportId, TenantId};
use crate::tenancy::Reach;
use crate::value::{SealedBytes, Timestamp};

/// A file that is brought in, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportId,
    /// Whose it is: nobody else sees it.
    pub account_id: AccountId,
    /// What its rows are.
    pub kind: String,
    /// The name that it has at whoever brings it.
    pub file_name: String,
    /// How far it is.
    pub state: String,
    /// Rows that were new.
    pub created: i64,
    /// Rows that changed what was there.
    pub changed: i64,
    /// Rows that said what is there.
    pub unchanged: i64,
    /// What is wrong with its rows, as JSON; cells may hold names and numbers.
    pub mistakes: Option<SealedBytes>,
    /// When it was announced.
    pub created_at: Timestamp,
    /// When whoever works on it was last heard.
    pub heard_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Version.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Own { account: Column::AccountId });
