//! Limits are an amount of one of four kinds, and a case remembers the one it began with, by what it was extended and
//! when it stood still.
//!
//! Limits were hours before, and every case was due so many hours after it was opened, holidays or not: that is what
//! an old case goes on by.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const TABLES: [&str; 2] = ["categories", "cases"];

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
    let postgres = backend == DbBackend::Postgres;
    let (integer, text, uuid) =
        if postgres { ("integer", "text COLLATE \"C\"", "uuid") } else { ("INTEGER", "TEXT", "BLOB") };
    let mut steps = vec![
        "ALTER TABLE categories RENAME COLUMN limit_hours TO limit_amount".to_owned(),
        "ALTER TABLE categories RENAME COLUMN clock TO limit_kind".to_owned(),
        format!("ALTER TABLE cases ADD COLUMN limit_amount {integer} NULL CHECK (limit_amount > 0)"),
        format!("ALTER TABLE cases ADD COLUMN limit_kind {text} NULL"),
        format!("ALTER TABLE cases ADD COLUMN limit_category_id {uuid} NULL"),
        format!("ALTER TABLE cases ADD COLUMN extended_amount {integer} NOT NULL DEFAULT 0"),
        format!("ALTER TABLE cases ADD COLUMN extended_times {integer} NOT NULL DEFAULT 0"),
        format!("ALTER TABLE cases ADD COLUMN pauses {text} NOT NULL DEFAULT '[]'"),
    ];
    // The owner of a table is under its policies too, and they let it see nothing.
    let walls = |how: &str| TABLES.map(|table| format!("ALTER TABLE {table} {how} ROW LEVEL SECURITY"));
    if postgres {
        steps.extend(walls("NO FORCE"));
    }
    steps.extend([
        "UPDATE categories SET limit_kind = CASE limit_kind WHEN 'work' THEN 'working_hour' ELSE 'urgent_hour' END \
         WHERE limit_kind IS NOT NULL"
            .to_owned(),
        "UPDATE cases SET limit_amount = (due_at - opened_at) / 3600000000, limit_kind = 'urgent_hour' \
         WHERE due_at < 9223372036854775807 AND due_at > opened_at"
            .to_owned(),
    ]);
    if postgres {
        steps.extend(walls("FORCE"));
    }
    steps
}
