//! A category that a role grant is limited to.

use sea_orm::entity::prelude::*;

use crate::id::{AccountId, CategoryId, RoleGrantId, TenantId};
use crate::tenancy::Reach;

/// One category, with everything below it. A grant without any is not limited.
#[expect(clippy::struct_field_names, reason = "fields are named as their columns are")]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_grant_categories")]
pub struct Model {
    /// Tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// The grant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub grant_id: RoleGrantId,
    /// The category.
    #[sea_orm(primary_key, auto_increment = false)]
    pub category_id: CategoryId,
    /// Who holds the grant.
    pub account_id: AccountId,
}

/// Relations are written as joins where they are needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::tenant_owned!(Reach::StaffOrOwn { account: Column::AccountId });
