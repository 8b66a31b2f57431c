//! A case counts how often somebody asked for haste with it, knows how it is supervised and what that cost, and who is in
//! charge of it as a leader; an entry of its timeline tells what one supervision was and cost.
//!
//! Nobody urged, supervised or took charge before: every case begins with nothing.

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
    let level =
        format!("supervision_level {text} NULL CHECK (supervision_level IN ('normal', 'yellow', 'red'))");
    vec![
        format!(
            "ALTER TABLE cases ADD COLUMN urged_times {integer} NOT NULL DEFAULT 0 CHECK (urged_times >= 0)"
        ),
        format!("ALTER TABLE cases ADD COLUMN {level}"),
        format!("ALTER TABLE cases ADD COLUMN supervised_at {bigint} NULL"),
        format!(
            "ALTER TABLE cases ADD COLUMN supervision_cost {integer} NOT NULL DEFAULT 0 CHECK (supervision_cost >= 0)"
        ),
        // No foreign key: SQLite adds none of two columns to a table that is there. Whoever takes charge of a case is an
        // account of its tenant, since they see it.
        format!("ALTER TABLE cases ADD COLUMN leader_account_id {uuid} NULL"),
        format!("ALTER TABLE case_entries ADD COLUMN {level}"),
        format!(
            "ALTER TABLE case_entries ADD COLUMN supervision_cost {integer} NULL CHECK (supervision_cost >= 0)"
        ),
        // Few cases are supervised: a list of them does not read the others.
        "CREATE INDEX cases_supervision ON cases (tenant_id, supervision_level, opened_at DESC, id DESC) \
         WHERE supervision_level IS NOT NULL"
            .to_owned(),
    ]
}
