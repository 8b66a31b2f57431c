//! A value of a field that a case's programme adds to it.

use sea_orm::entity::prelude::*;

use crate::id::{CaseId, CaseValueId, TenantId};
use crate::tenancy::Reach;
use crate::value::SealedBytes;

/// One value as it was given with one act. A value that another one follows stays as it was, and is current no more.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_values")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CaseValueId,
    /// The case.
    pub case_id: CaseId,
    /// Key of the field.
    pub key: String,
    /// Version of the case that it was given with.
    pub version: i64,
    /// Whether no later value follows it.
    pub current: bool,
    /// 0 for everyone who sees the case, 1 for staff.
    pub audience: i32,
    /// What it is: `text`, `sealed`, `number`, `money`, `date`, `choice`, `person` or `unit`.
    pub kind: String,
    /// A text, the key of a choice, or a day as `YYYY-MM-DD`.
    pub text: Option<String>,
    /// A text that can name people, sealed.
    pub sealed: Option<SealedBytes>,
    /// A number, or an amount of money in fen.
    pub number: Option<i64>,
    /// Bare id of a person's account or of a unit.
    pub reference: Option<Uuid>,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::OfCase { case: Column::CaseId, audience: Column::Audience });
