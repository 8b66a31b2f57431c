//! What a deployment remembers of itself, of no tenant: which key seals it, whether it is a demo.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::APP_ROLE;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let (text, strict) = match manager.get_database_backend() {
            DbBackend::Postgres => ("text COLLATE \"C\"", ""),
            _ => ("TEXT", " STRICT"),
        };
        let table = format!(
            "CREATE TABLE deployment_facts (name {text} NOT NULL PRIMARY KEY, value {text} NOT NULL){strict}"
        );
        connection.execute_unprepared(&table).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            let grant = format!("GRANT SELECT, INSERT, UPDATE ON deployment_facts TO {APP_ROLE}");
            connection.execute_unprepared(&grant).await?;
        }
        Ok(())
    }
}
