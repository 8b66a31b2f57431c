//! The chain of the audit trail: what waits to be sealed, the seals, and how far each tenant's chain got. From here on neither an
//! entry nor a seal is ever changed by anybody, and both go only where the beginning of the chain has moved past them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::{APP_ROLE, Reach, TenantTable, WORKER_ROLE};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        TenantTable::new("audit_pending", Reach::Nobody)
            .column("entry_id", "UUID")
            .column("at", "BIGINT")
            .key(&["entry_id"])
            .index(&["at", "entry_id"])
            .create(manager)
            .await?;
        TenantTable::new("audit_seals", Reach::Auditor)
            .column("sequence", "BIGINT")
            .column("entry_id", "UUID")
            .column("format", "INTEGER")
            .column("hash", "BYTES")
            .column("sealed_at", "BIGINT")
            .key(&["sequence"])
            .unique(&["entry_id"])
            .check("sequence > 0")
            .create(manager)
            .await?;
        TenantTable::new("audit_heads", Reach::Auditor)
            .column("sequence", "BIGINT")
            .column("hash", "BYTES")
            .column("gone", "BIGINT")
            .column("gone_hash", "BYTES")
            .key(&[])
            .check("gone >= 0 AND gone <= sequence")
            .create(manager)
            .await?;
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

/// What was written before waits to be sealed, like everything that comes.
const WAITING: &str =
    "INSERT INTO audit_pending (tenant_id, entry_id, at) SELECT tenant_id, id, at FROM audit_entries";

/// What an entry is about and who did it is searched for.
const SEARCH: [&str; 3] = [
    "CREATE INDEX audit_entries_target ON audit_entries (tenant_id, target, at, id)",
    "CREATE INDEX audit_entries_account ON audit_entries (tenant_id, account_id, at, id)",
    "CREATE INDEX audit_entries_action ON audit_entries (tenant_id, action, at, id)",
];

/// Whether an entry or a seal lies before the beginning of its chain.
const ENTRY_IS_GONE: &str = "EXISTS (SELECT 1 FROM audit_seals s JOIN audit_heads h ON h.tenant_id = s.tenant_id \
     WHERE s.tenant_id = OLD.tenant_id AND s.entry_id = OLD.id AND s.sequence <= h.gone)";
const SEAL_IS_GONE: &str =
    "EXISTS (SELECT 1 FROM audit_heads h WHERE h.tenant_id = OLD.tenant_id AND OLD.sequence <= h.gone)";
/// A chain only gets longer, and its beginning only moves on.
const HEAD_MOVES_ON: &str =
    "NEW.tenant_id = OLD.tenant_id AND NEW.sequence >= OLD.sequence AND NEW.gone >= OLD.gone";

/// Table, what is done to it, the trigger's name, and where that is allowed all the same.
const GUARDS: [(&str, &str, &str, &str); 6] = [
    ("audit_entries", "UPDATE", "audit_entries_kept", "FALSE"),
    ("audit_entries", "DELETE", "audit_entries_not_removed", ENTRY_IS_GONE),
    ("audit_seals", "UPDATE", "audit_seals_kept", "FALSE"),
    ("audit_seals", "DELETE", "audit_seals_not_removed", SEAL_IS_GONE),
    ("audit_heads", "UPDATE", "audit_heads_move_on", HEAD_MOVES_ON),
    ("audit_heads", "DELETE", "audit_heads_not_removed", "FALSE"),
];

fn sqlite() -> Vec<String> {
    let mut steps = vec![WAITING.to_owned()];
    steps.extend(SEARCH.map(str::to_owned));
    steps.push(
        "CREATE TRIGGER audit_entries_wait AFTER INSERT ON audit_entries BEGIN \
         INSERT INTO audit_pending (tenant_id, entry_id, at) VALUES (NEW.tenant_id, NEW.id, NEW.at); END"
            .to_owned(),
    );
    steps.extend(GUARDS.map(|(table, verb, name, allowed)| {
        format!(
            "CREATE TRIGGER {name} BEFORE {verb} ON {table} WHEN NOT ({allowed}) BEGIN \
             SELECT RAISE(ABORT, '{table} is only appended to'); END"
        )
    }));
    steps
}

fn postgres() -> Vec<String> {
    // The owner of a table is under its policies too, and they let it see nothing.
    let mut steps = vec![
        "ALTER TABLE audit_entries NO FORCE ROW LEVEL SECURITY".to_owned(),
        "ALTER TABLE audit_pending NO FORCE ROW LEVEL SECURITY".to_owned(),
        WAITING.to_owned(),
        "ALTER TABLE audit_pending FORCE ROW LEVEL SECURITY".to_owned(),
        "ALTER TABLE audit_entries FORCE ROW LEVEL SECURITY".to_owned(),
    ];
    steps.extend(SEARCH.map(str::to_owned));
    steps.push(
        "CREATE FUNCTION audit_entries_wait() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN \
         INSERT INTO public.audit_pending (tenant_id, entry_id, at) VALUES (NEW.tenant_id, NEW.id, NEW.at); \
         RETURN NULL; END $body$"
            .to_owned(),
    );
    steps.push(
        "CREATE TRIGGER audit_entries_wait AFTER INSERT ON audit_entries \
         FOR EACH ROW EXECUTE FUNCTION audit_entries_wait()"
            .to_owned(),
    );
    for (table, verb, name, allowed) in GUARDS {
        let row = if verb == "DELETE" { "OLD" } else { "NEW" };
        steps.push(format!(
            "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN IF NOT ({allowed}) THEN \
             RAISE EXCEPTION '{table} is only appended to' USING ERRCODE = '42501'; END IF; RETURN {row}; END $body$"
        ));
        steps.push(format!(
            "CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        ));
    }
    steps.push(
        "CREATE FUNCTION audit_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN \
         RAISE EXCEPTION 'the audit trail is only appended to' USING ERRCODE = '42501'; END $body$"
            .to_owned(),
    );
    for table in ["audit_entries", "audit_seals", "audit_heads"] {
        steps.push(format!(
            "CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON {table} \
             FOR EACH STATEMENT EXECUTE FUNCTION audit_not_emptied()"
        ));
    }
    steps.extend(rights());
    steps
}

/// The application neither seals nor moves heads: whoever serves requests cannot make a chain look whole. The worker does that and
/// changes nothing else.
fn rights() -> Vec<String> {
    let mut steps = vec![];
    for table in ["audit_seals", "audit_heads"] {
        steps.push(format!("DROP POLICY append ON {table}"));
        steps.push(format!("REVOKE INSERT ON {table} FROM {APP_ROLE}"));
    }
    for (table, verbs) in [
        ("audit_entries", "SELECT, DELETE"),
        ("audit_pending", "SELECT, DELETE"),
        ("audit_seals", "SELECT, INSERT, DELETE"),
        ("audit_heads", "SELECT, INSERT, UPDATE"),
    ] {
        steps.push(format!("CREATE POLICY worker ON {table} TO {WORKER_ROLE} USING (true)"));
        steps.push(format!("GRANT {verbs} ON {table} TO {WORKER_ROLE}"));
    }
    steps
}
