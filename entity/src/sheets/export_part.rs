//! A part of a file that is taken out.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, ExportId, ExportPartId, TenantId};
use crate::tenancy::Reach;
use crate::value::{SealedBytes, Timestamp};

/// Some bytes of a file, sealed: it holds what the tables hold sealed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_parts")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExportPartId,
    /// Whose it is: nobody else sees it.
    pub account_id: AccountId,
    /// The file.
    pub export_id: ExportId,
    /// Place in the file, from 0.
    pub number: i32,
    /// The bytes.
    pub bytes: SealedBytes,
    /// When they are removed.
    pub expires_at: Timestamp,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Own { account: Column::AccountId });
