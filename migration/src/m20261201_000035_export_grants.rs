//! Files that go out, with the role grants that they were written under: whoever lost one of them since takes the file out anew.
//!
//! Of those that are there only a review has them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let text = match manager.get_database_backend() {
            DbBackend::Postgres => "text COLLATE \"C\"",
            _ => "TEXT",
        };
        let sql = format!("ALTER TABLE exports ADD COLUMN grants {text} NULL");
        manager.get_connection().execute_unprepared(&sql).await.map(drop)
    }
}
