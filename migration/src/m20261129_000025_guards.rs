//! What still replaced rows of the audit trail on SQLite does so no longer: another unique key than a row's own, its hidden number,
//! a head put in place of a head. And an index of the visits that were struck off, which are few among many.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const VOIDED: &str =
    "CREATE INDEX visits_voided ON visits (tenant_id, visited_at DESC, id DESC) WHERE voided_at IS NOT NULL";

/// What a new row must not be equal in to one that is there. Whoever names no hidden number has -1 before the row is written.
const REPLACES: [(&str, &str, &str); 3] = [
    ("audit_entries", "audit_entries_not_replaced", "o.tenant_id = NEW.tenant_id AND o.id = NEW.id"),
    ("audit_seals", "audit_seals_not_replaced", "o.tenant_id = NEW.tenant_id AND o.entry_id = NEW.entry_id"),
    ("audit_heads", "audit_heads_not_replaced", "o.tenant_id = NEW.tenant_id"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared(VOIDED).await?;
        // There is no way past the others on PostgreSQL.
        if manager.get_database_backend() == DbBackend::Sqlite {
            for sql in guards() {
                connection.execute_unprepared(&sql).await?;
            }
        }
        Ok(())
    }
}

fn guards() -> Vec<String> {
    let mut steps = vec![];
    let mut guard = |(table, name): (&str, &str), when: &str, refused: &str| {
        steps.push(format!("DROP TRIGGER IF EXISTS {name}"));
        steps.push(format!(
            "CREATE TRIGGER {name} {when} ON {table} WHEN {refused} BEGIN \
             SELECT RAISE(ABORT, '{table} is only appended to'); END"
        ));
    };
    for (table, name, equal) in REPLACES {
        let there = format!(
            "EXISTS (SELECT 1 FROM {table} o WHERE {equal}) OR EXISTS (SELECT 1 FROM {table} o WHERE o.rowid = NEW.rowid)"
        );
        guard((table, name), "BEFORE INSERT", &there);
        // Else a row with the number that stands for none would be replaced, or keep all others out.
        guard((table, &format!("{table}_counted")), "AFTER INSERT", "NEW.rowid < 1");
    }
    guard(("audit_heads", "audit_heads_not_renumbered"), "BEFORE UPDATE", "NEW.rowid <> OLD.rowid");
    steps
}
