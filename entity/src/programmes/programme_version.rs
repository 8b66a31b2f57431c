//! A published version of a programme.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, ProgrammeId, ProgrammeVersionId, TenantId};
use crate::value::Timestamp;

/// One version of a programme, as its file was when it was published. Only ever added to.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "programme_versions")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProgrammeVersionId,
    /// The programme.
    pub programme_id: ProgrammeId,
    /// Number of the version, from 1.
    pub number: i32,
    /// The file.
    pub definition: String,
    /// When it was published.
    pub published_at: Timestamp,
    /// Who published it; absent for the system itself.
    pub published_by: Option<AccountId>,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(standing);
