//! What people attach to cases: each its bringer's own until it is attached to an entry of a timeline, and from then on
//! seen by whoever may read that entry.

use sea_orm_migration::prelude::*;

use crate::ddl::{Reach, TenantTable, Worker};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        TenantTable::new("attachments", Reach::OwnUntilCase("account_id", "case_id", "audience"))
            .column("id", "UUID")
            .column("account_id", "UUID")
            .column("file_name", "BYTES")
            .column("media_type", "TEXT")
            .column("byte_count", "BIGINT")
            .nullable("width", "INTEGER")
            .nullable("height", "INTEGER")
            .column("content_hash", "TEXT")
            .nullable("taken_at", "BIGINT")
            .nullable("longitude", "BIGINT")
            .nullable("latitude", "BIGINT")
            .nullable("coordinate_system", "TEXT")
            .column("created_at", "BIGINT")
            .nullable("case_id", "UUID")
            .nullable("entry_id", "UUID")
            .nullable("audience", "INTEGER")
            .nullable("kind", "TEXT")
            .nullable("position", "INTEGER")
            .key(&["id"])
            .references(&["account_id"], "accounts", &["id"])
            .references(&["case_id"], "cases", &["id"])
            .references(&["entry_id"], "case_entries", &["id"])
            // What came with an entry, in its order; what hangs off a case is found by the next one.
            .index_where(&["entry_id", "position"], "entry_id IS NOT NULL")
            .index_where(&["case_id", "created_at", "id"], "case_id IS NOT NULL")
            // What waits to be attached: few, counted at every upload and swept when it is old.
            .index_where(&["account_id", "created_at"], "case_id IS NULL")
            .index(&["content_hash", "created_at", "id"])
            .check("(width IS NULL) = (height IS NULL)")
            .check("(longitude IS NULL) = (latitude IS NULL)")
            .check("(longitude IS NULL) = (coordinate_system IS NULL)")
            .check("(case_id IS NULL) = (entry_id IS NULL)")
            .check("(case_id IS NULL) = (audience IS NULL)")
            .check("(case_id IS NULL) = (kind IS NULL)")
            .check("(case_id IS NULL) = (position IS NULL)")
            .check("media_type IN ('image/jpeg', 'image/png', 'application/pdf')")
            .check("kind IN ('before', 'after', 'scene', 'document')")
            // Whoever sweeps what nobody attached knows no tenant.
            .worker(Worker::Delete)
            .create(manager)
            .await
    }
}
