//! A tenant: one district, or the platform itself.

use sea_orm::entity::prelude::*;

use crate::id::TenantId;
use crate::value::Timestamp;

/// One tenant.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tenants")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Six-digit code of the district; `000000` for the platform.
    pub code: String,
    /// Name.
    pub name: String,
    /// `district` or `platform`.
    pub kind: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// `open`, `closed`, `erasing` or `erased`.
    pub state: String,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// When what it held was handed over since.
    pub exported_at: Option<Timestamp>,
    /// How many rows of each table, and how many files, were handed over then: a JSON object.
    pub exported_counts: Option<String>,
    /// When it was erased.
    pub erased_at: Option<Timestamp>,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(standing);
