//! More guards of the audit trail: a seal stands after all that are there, so that none hides an entry before the beginning of its
//! chain; and on SQLite `INSERT OR REPLACE`, which no trigger of a deletion sees, replaces nothing.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Whether a new seal stands after the newest one that counts.
const FOLLOWS: &str = "NOT EXISTS (SELECT 1 FROM audit_heads h WHERE h.tenant_id = NEW.tenant_id AND NEW.sequence <= h.sequence)";
/// Whether there is no such entry yet.
const IS_NEW: &str =
    "NOT EXISTS (SELECT 1 FROM audit_entries e WHERE e.tenant_id = NEW.tenant_id AND e.id = NEW.id)";
/// Whether a head that is put in place of another lies no earlier.
const NOT_BACK: &str = "NOT EXISTS (SELECT 1 FROM audit_heads h WHERE h.tenant_id = NEW.tenant_id AND NEW.sequence < h.sequence)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let steps = match manager.get_database_backend() {
            DbBackend::Postgres => postgres(),
            _ => sqlite(),
        };
        for sql in steps {
            connection.execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}

fn sqlite() -> Vec<String> {
    let guards = [
        ("audit_seals", "audit_seals_follow", FOLLOWS),
        ("audit_entries", "audit_entries_not_replaced", IS_NEW),
        ("audit_heads", "audit_heads_not_replaced", NOT_BACK),
    ];
    let guard = |(table, name, allowed)| {
        format!(
            "CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN NOT ({allowed}) BEGIN \
             SELECT RAISE(ABORT, '{table} is only appended to'); END"
        )
    };
    guards.map(guard).to_vec()
}

/// There is no way past the others on PostgreSQL.
fn postgres() -> Vec<String> {
    vec![
        format!(
            "CREATE FUNCTION audit_seals_follow() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN IF NOT ({FOLLOWS}) THEN \
             RAISE EXCEPTION 'audit_seals is only appended to' USING ERRCODE = '42501'; END IF; RETURN NEW; END $body$"
        ),
        "CREATE TRIGGER audit_seals_follow BEFORE INSERT ON audit_seals FOR EACH ROW EXECUTE FUNCTION audit_seals_follow()"
            .to_owned(),
    ]
}
