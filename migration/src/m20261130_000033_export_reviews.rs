//! Files of very many people wait for somebody else's word (导出审批).

use sea_orm_migration::prelude::*;

use crate::ddl::{Reach, TenantTable};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // How many files somebody took out in a day.
        let taken = "CREATE INDEX exports_taken ON exports (tenant_id, account_id, created_at)";
        manager.get_connection().execute_unprepared(taken).await?;
        TenantTable::new("export_reviews", Reach::StaffOrOwn("account_id"))
            .column("id", "UUID")
            .column("export_id", "UUID")
            .column("account_id", "UUID")
            .column("kind", "TEXT")
            .column("format", "TEXT")
            .column("purpose", "TEXT")
            .column("selection", "TEXT")
            .column("grants", "TEXT")
            .column("row_count", "BIGINT")
            .column("created_at", "BIGINT")
            .column("lapses_at", "BIGINT")
            .nullable("decision", "TEXT")
            .nullable("decided_by", "UUID")
            .nullable("decided_at", "BIGINT")
            .nullable("note", "TEXT")
            .column("version", "BIGINT")
            .key(&["id"])
            .unique(&["export_id"])
            .references(&["export_id"], "exports", &["id"])
            .references(&["account_id"], "accounts", &["id"])
            .references(&["decided_by"], "accounts", &["id"])
            .index(&["created_at", "id"])
            .check("decision IN ('approved', 'declined')")
            .check("(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by IS NULL)")
            // Nobody has a word on what they take themselves.
            .check("decided_by <> account_id")
            .create(manager)
            .await
    }
}
