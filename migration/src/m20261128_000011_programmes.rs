//! Programmes of a tenant and their published versions; a case remembers which one it follows, at which stage it is and
//! at which it was, and has the fields that its programme adds.
//!
//! Every case followed the one programme that ships with the product: the stage it is at follows from its state.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::{Reach, TenantTable};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The stages of `grid_event` by their states; how a case ended otherwise is a stage of the same name.
const STAGES: &str = "UPDATE cases SET stage = CASE \
     WHEN state = 'closed' AND evaluation IS NOT NULL THEN 'evaluation' \
     WHEN state = 'closed' THEN 'closing' \
     WHEN state = 'reported' THEN 'discovery' \
     WHEN state = 'accepted' THEN 'acceptance' \
     WHEN state = 'dispatched' THEN 'triage' \
     WHEN state = 'resolved' THEN 'feedback' \
     WHEN state = 'verified' THEN 'verification' \
     ELSE state END";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        TenantTable::new("programmes", Reach::Tenant)
            .column("id", "UUID")
            .column("key", "TEXT")
            .nullable("draft", "TEXT")
            .column("published", "INTEGER")
            .column("active", "BOOLEAN")
            .column("version", "BIGINT")
            .key(&["id"])
            .unique(&["key"])
            .references(&[], "tenants", &[])
            .check("published >= 0")
            .create(manager)
            .await?;
        TenantTable::new("programme_versions", Reach::Tenant)
            .column("id", "UUID")
            .column("programme_id", "UUID")
            .column("number", "INTEGER")
            .column("definition", "TEXT")
            .column("published_at", "BIGINT")
            .nullable("published_by", "UUID")
            .key(&["id"])
            .unique(&["programme_id", "number"])
            .references(&["programme_id"], "programmes", &["id"])
            .check("number > 0")
            .create(manager)
            .await?;
        TenantTable::new("case_values", Reach::OfCase("case_id", "audience"))
            .column("id", "UUID")
            .column("case_id", "UUID")
            .column("key", "TEXT")
            .column("version", "BIGINT")
            .column("current", "BOOLEAN")
            .column("audience", "INTEGER")
            .column("kind", "TEXT")
            .nullable("text", "TEXT")
            .nullable("sealed", "BYTES")
            .nullable("number", "BIGINT")
            .nullable("reference", "UUID")
            .key(&["id"])
            .unique(&["case_id", "key", "version"])
            .references(&["case_id"], "cases", &["id"])
            .index_where(&["key", "text", "case_id"], "current AND text IS NOT NULL")
            .index_where(&["key", "number", "case_id"], "current AND number IS NOT NULL")
            .index_where(&["key", "reference", "case_id"], "current AND reference IS NOT NULL")
            .create(manager)
            .await?;
        let connection = manager.get_connection();
        for sql in steps(manager.get_database_backend()) {
            connection.execute_unprepared(&sql).await?;
        }
        Ok(())
    }
}

fn steps(backend: DbBackend) -> Vec<String> {
    let postgres = backend == DbBackend::Postgres;
    let (text, uuid) = if postgres { ("text COLLATE \"C\"", "uuid") } else { ("TEXT", "BLOB") };
    let mut steps = vec![
        format!("ALTER TABLE cases ADD COLUMN programme_version_id {uuid} NULL"),
        format!("ALTER TABLE cases ADD COLUMN stage {text} NOT NULL DEFAULT ''"),
        format!("ALTER TABLE cases ADD COLUMN visits {text} NOT NULL DEFAULT '[]'"),
    ];
    // The owner of a table is under its policies too, and they let it see nothing.
    if postgres {
        steps.push("ALTER TABLE cases NO FORCE ROW LEVEL SECURITY".to_owned());
    }
    steps.push(STAGES.to_owned());
    if postgres {
        steps.push("ALTER TABLE cases FORCE ROW LEVEL SECURITY".to_owned());
    }
    let followers =
        "CREATE INDEX cases_programme ON cases (tenant_id, programme_version_id, opened_at DESC, id DESC)";
    steps.push(followers.to_owned());
    steps
}
