//! Access rows carry when their case was opened: the cases handed to a principal are read newest first by an index.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const FILL: &str = "UPDATE case_access SET opened_at = (SELECT c.opened_at FROM cases c \
     WHERE c.tenant_id = case_access.tenant_id AND c.id = case_access.case_id)";
const INDEX: &str = "CREATE INDEX case_access_opened ON case_access \
     (tenant_id, principal_id, opened_at DESC, case_id DESC)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let kind = if postgres { "bigint" } else { "INTEGER" };
        let add = format!("ALTER TABLE case_access ADD COLUMN opened_at {kind} NOT NULL DEFAULT 0");
        connection.execute_unprepared(&add).await?;
        if postgres {
            // The owner of a table is under its policies too, and they let it see nothing.
            for table in ["case_access", "cases"] {
                connection
                    .execute_unprepared(&format!("ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))
                    .await?;
            }
        }
        connection.execute_unprepared(FILL).await?;
        if postgres {
            for table in ["case_access", "cases"] {
                connection
                    .execute_unprepared(&format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY"))
                    .await?;
            }
            connection
                .execute_unprepared("ALTER TABLE case_access ALTER COLUMN opened_at DROP DEFAULT")
                .await?;
        }
        connection.execute_unprepared(INDEX).await?;
        Ok(())
    }
}
