//! Tables of the sheets slice: files of rows that come in and go out, each its bringer's own.

use sea_orm_migration::prelude::*;

use crate::ddl::{Reach, TenantTable, Worker};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// A file is seen by the account that brought it or took it, and by nobody else.
const OWN: Reach = Reach::Own("account_id");

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        imports(manager).await?;
        exports(manager).await
    }
}

async fn imports(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    TenantTable::new("imports", OWN)
        .column("id", "UUID")
        .column("account_id", "UUID")
        .column("kind", "TEXT")
        .column("file_name", "TEXT")
        .column("state", "TEXT")
        .column("created", "BIGINT")
        .column("changed", "BIGINT")
        .column("unchanged", "BIGINT")
        .nullable("mistakes", "BYTES")
        .column("created_at", "BIGINT")
        .column("heard_at", "BIGINT")
        .nullable("finished_at", "BIGINT")
        .column("version", "BIGINT")
        .key(&["id"])
        .references(&["account_id"], "accounts", &["id"])
        .check("state IN ('waiting', 'running', 'succeeded', 'refused', 'failed')")
        .check("(finished_at IS NULL) = (state IN ('waiting', 'running'))")
        .create(manager)
        .await
}

async fn exports(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    TenantTable::new("exports", OWN)
        .column("id", "UUID")
        .column("account_id", "UUID")
        .column("kind", "TEXT")
        .column("format", "TEXT")
        .column("purpose", "TEXT")
        .column("state", "TEXT")
        .column("row_count", "BIGINT")
        .column("byte_count", "BIGINT")
        .column("created_at", "BIGINT")
        .column("heard_at", "BIGINT")
        .nullable("finished_at", "BIGINT")
        .column("version", "BIGINT")
        .key(&["id"])
        .references(&["account_id"], "accounts", &["id"])
        .check("state IN ('running', 'succeeded', 'failed')")
        .check("(finished_at IS NULL) = (state = 'running')")
        .create(manager)
        .await?;
    TenantTable::new("export_parts", OWN)
        .column("id", "UUID")
        .column("account_id", "UUID")
        .column("export_id", "UUID")
        .column("number", "INTEGER")
        .column("bytes", "BYTES")
        .column("expires_at", "BIGINT")
        .key(&["id"])
        .unique(&["export_id", "number"])
        .references(&["account_id"], "accounts", &["id"])
        .references(&["export_id"], "exports", &["id"])
        // Whoever swept an old file need not know whose it was.
        .worker(Worker::Delete)
        .create(manager)
        .await
}
