//! Tables of the catalogue slice: categories.

use sea_orm_migration::prelude::*;

use crate::ddl::{Reach, TenantTable};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        TenantTable::new("categories", Reach::Tenant)
            .column("id", "UUID")
            .nullable("parent_id", "UUID")
            .column("level", "INTEGER")
            .column("code", "TEXT")
            .column("name_zh", "TEXT")
            .column("name_en", "TEXT")
            .nullable("limit_hours", "INTEGER")
            .nullable("clock", "TEXT")
            .nullable("organisation_kind", "TEXT")
            .column("sensitivity", "INTEGER")
            .nullable("national_code", "TEXT")
            .column("active", "BOOLEAN")
            .column("version", "BIGINT")
            .key(&["id"])
            .unique(&["code"])
            .references(&[], "tenants", &[])
            .references(&["parent_id"], "categories", &["id"])
            .index(&["parent_id", "code", "id"])
            .check("(limit_hours IS NULL) = (clock IS NULL)")
            .check("limit_hours > 0")
            .create(manager)
            .await
    }
}
