//! Passwords that others gave and that must be changed, and those that an account had before.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let (instant, text) = if postgres { ("bigint", "text") } else { ("INTEGER", "TEXT") };
        for column in [
            format!("given_at {instant} NULL"),
            // A JSON list of hashes, newest first.
            format!("former_hashes {text} NOT NULL DEFAULT '[]'"),
        ] {
            let add = format!("ALTER TABLE credentials ADD COLUMN {column}");
            manager.get_connection().execute_unprepared(&add).await?;
        }
        Ok(())
    }
}
