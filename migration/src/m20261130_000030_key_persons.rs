//! Visits of key persons (重点人员): read by whoever follows them up where they were made, and by whoever made them.
//!
//! None of those that are there says that it was one.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::walls::visit_walls_anew;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        if manager.get_database_backend() != DbBackend::Postgres {
            let column = "key_person INTEGER NOT NULL DEFAULT 0 CHECK (key_person = 0 OR (key_person = 1 AND sensitivity >= 1))";
            connection.execute_unprepared(&format!("ALTER TABLE visits ADD COLUMN {column}")).await?;
            return Ok(());
        }
        let column = "key_person boolean NOT NULL DEFAULT false CHECK (NOT key_person OR sensitivity >= 1)";
        connection.execute_unprepared(&format!("ALTER TABLE visits ADD COLUMN {column}")).await?;
        for sql in visit_walls_anew() {
            connection.execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}
