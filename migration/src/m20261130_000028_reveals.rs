//! How often masked names and numbers were read whole: each counts for a day.

use sea_orm_migration::prelude::*;

use crate::ddl::{Reach, TenantTable, Worker};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        TenantTable::new("reveals", Reach::Own("account_id"))
            .column("id", "UUID")
            .column("account_id", "UUID")
            .column("revealed_at", "BIGINT")
            .key(&["id"])
            .references(&["account_id"], "accounts", &["id"])
            .index(&["account_id", "revealed_at"])
            .worker(Worker::Delete)
            .create(manager)
            .await
    }
}
