//! Who may see a case beyond its place.

use sea_orm::entity::prelude::*;

use crate::id::{CaseAccessId, CaseId, TenantId};
use crate::tenancy::Reach;
use crate::value::Timestamp;

/// One principal's access to one case, and the box of the inbox it lies in.
///
/// The whole tenant reads these rows, because they decide who reads a case: they hold ids only and are
/// never shown. A row is never deleted; its period is ended.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_access")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CaseAccessId,
    /// The case.
    pub case_id: CaseId,
    /// `account`, `unit` or `organisation`.
    pub principal_kind: String,
    /// Bare id of the principal.
    pub principal_id: Uuid,
    /// Why: `reporter`, `assignee`, `leader` or `assistant`.
    pub part: String,
    /// Box of the inbox: `todo`, `doing`, `done` or `none`.
    pub inbox: String,
    /// Since when it lies there.
    pub since_at: Timestamp,
    /// Until when access lasts; the greatest number while it is open.
    pub until_at: i64,
    /// When the case was opened, which never changes: the order in which lists read.
    pub opened_at: Timestamp,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Tenant);
