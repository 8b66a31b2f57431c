//! What programs prove by who they are: two secrets that count at a time, and which one opened a session.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::{Reach, TenantTable};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        TenantTable::new("client_secrets", Reach::Own("account_id"))
            .column("id", "UUID")
            .column("account_id", "UUID")
            .column("name", "TEXT")
            .column("proof", "TEXT")
            // A JSON list; absent for everything that the account may do.
            .nullable("permissions", "TEXT")
            .column("secret", "BYTES")
            .column("created_at", "BIGINT")
            .nullable("created_by", "UUID")
            .column("expires_at", "BIGINT")
            .nullable("used_at", "BIGINT")
            .nullable("revoked_at", "BIGINT")
            .key(&["id"])
            .references(&["account_id"], "accounts", &["id"])
            .index(&["account_id", "created_at", "id"])
            .check("proof IN ('secret', 'signature')")
            .create(manager)
            .await?;
        let uuid = if manager.get_database_backend() == DbBackend::Postgres { "uuid" } else { "BLOB" };
        let add = format!("ALTER TABLE sessions ADD COLUMN client_secret_id {uuid} NULL");
        manager.get_connection().execute_unprepared(&add).await?;
        Ok(())
    }
}
