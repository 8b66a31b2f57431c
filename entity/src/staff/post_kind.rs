//! A kind of post of a tenant.

use sea_orm::entity::prelude::*;

use crate::id::{PostKindId, TenantId};
use crate::tenancy::Reach;

/// What somebody can be appointed to: grid chief, instructor, building head.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "post_kinds")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PostKindId,
    /// Code, unique in the tenant.
    pub code: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// Key of the role that its holders get; none for a post without an own role.
    pub role: Option<String>,
    /// What it can be held at: kinds of targets, joined by `;`.
    pub target_kinds: String,
    /// Whether a target has one holder at a time.
    pub exclusive: bool,
    /// How its holders are employed.
    pub employment: String,
    /// `active` or `retired`.
    pub state: String,
    /// Version, for optimistic concurrency.
    pub version: i64,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::Tenant);
