//! A case knows what whoever it lies with asks for more time, who assists with it, and what it is part of.
//!
//! Nobody asked or merged before: every case begins with nothing.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for sql in steps(manager.get_database_backend()) {
            connection.execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}

fn steps(backend: DbBackend) -> Vec<String> {
    let (integer, bigint, text, uuid) = if backend == DbBackend::Postgres {
        ("integer", "bigint", "text COLLATE \"C\"", "uuid")
    } else {
        ("INTEGER", "INTEGER", "TEXT", "BLOB")
    };
    vec![
        format!("ALTER TABLE cases ADD COLUMN requested_amount {integer} NULL CHECK (requested_amount >= 0)"),
        format!("ALTER TABLE cases ADD COLUMN requested_at {bigint} NULL"),
        // No foreign keys: SQLite adds none of two columns to a table that is there. Whoever asks is an account of the
        // tenant, since they act.
        format!("ALTER TABLE cases ADD COLUMN requested_by {uuid} NULL"),
        format!("ALTER TABLE cases ADD COLUMN assistants {text} NOT NULL DEFAULT '[]'"),
        format!("ALTER TABLE cases ADD COLUMN master_id {uuid} NULL"),
        // Few cases are part of others: the index holds no others.
        "CREATE INDEX cases_master ON cases (tenant_id, master_id) WHERE master_id IS NOT NULL".to_owned(),
    ]
}
