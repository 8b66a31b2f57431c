//! A photo or a document that somebody brought, to be attached to a case.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, AttachmentId, CaseEntryId, CaseId, TenantId};
use crate::tenancy::Reach;
use crate::value::{SealedBytes, Timestamp};

/// A photo or a document. Its bytes lie in the object store, under a key that follows from the tenant and the id.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attachments")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AttachmentId,
    /// Who brought it: nobody else sees it until it is attached.
    pub account_id: AccountId,
    /// The name that it has at whoever brought it, sealed.
    pub file_name: SealedBytes,
    /// What its bytes are, as they are kept.
    pub media_type: String,
    /// How many bytes are kept.
    pub byte_count: i64,
    /// Pixels across; absent for what is no image.
    pub width: Option<i32>,
    /// Pixels down; absent with the width.
    pub height: Option<i32>,
    /// SHA-256 of the bytes as they came, in hexadecimal digits: the same photo twice has the same one.
    pub content_hash: String,
    /// When it was taken, as far as anybody said.
    pub taken_at: Option<Timestamp>,
    /// Where it was taken, in millionths of a degree east, as far as anybody said on purpose.
    pub longitude: Option<i64>,
    /// The same, north.
    pub latitude: Option<i64>,
    /// The coordinate system of both; absent with them.
    pub coordinate_system: Option<String>,
    /// When it came.
    pub created_at: Timestamp,
    /// The case that it is attached to; absent until it is to one.
    pub case_id: Option<CaseId>,
    /// The entry of the timeline that it came with; absent with the case.
    pub entry_id: Option<CaseEntryId>,
    /// Who may read that entry: 0 for everyone who sees the case, 1 for staff; absent with the case.
    pub audience: Option<i32>,
    /// What it shows; absent with the case.
    pub kind: Option<String>,
    /// Its place among what came with the entry, from 0; absent with the case.
    pub position: Option<i32>,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::OwnUntilCase {
    account: Column::AccountId,
    case: Column::CaseId,
    audience: Column::Audience
});
