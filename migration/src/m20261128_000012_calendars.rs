//! Work calendars of tenants; a case remembers by which one it was reckoned and when the next rung of its ladder is
//! due, and a rung that has fired is claimed.
//!
//! What was reckoned before is marked as reckoned by a calendar that nobody has, so that it is reckoned anew.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::{Reach, TenantTable, WORKER_ROLE};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        TenantTable::new("work_calendars", Reach::Tenant)
            .column("zone", "TEXT")
            .column("hours", "TEXT")
            .column("version", "BIGINT")
            .references(&[], "tenants", &[])
            .create(manager)
            .await?;
        TenantTable::new("calendar_years", Reach::Tenant)
            .column("year", "INTEGER")
            .column("days", "TEXT")
            .key(&["year"])
            .references(&[], "tenants", &[])
            .create(manager)
            .await?;
        TenantTable::new("case_rungs", Reach::OfCase("case_id", "audience"))
            .column("case_id", "UUID")
            .column("rung", "TEXT")
            .column("visit", "INTEGER")
            .column("act", "TEXT")
            .column("due_at", "BIGINT")
            .column("fired_at", "BIGINT")
            .column("version", "BIGINT")
            .column("audience", "INTEGER")
            .key(&["case_id", "rung", "visit"])
            .references(&["case_id"], "cases", &["id"])
            .check("visit >= 0")
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
    let bigint = if postgres { "bigint" } else { "INTEGER" };
    let never = i64::MAX;
    let mut steps = vec![
        // 1 is a calendar that nobody has: what is there is to be reckoned anew, but for what ended.
        format!("ALTER TABLE cases ADD COLUMN reckoned_by {bigint} NOT NULL DEFAULT 1"),
        format!("ALTER TABLE cases ADD COLUMN next_due_at {bigint} NOT NULL DEFAULT {never}"),
        format!("ALTER TABLE cases ADD COLUMN rungs_since {bigint} NOT NULL DEFAULT 0"),
        "UPDATE cases SET reckoned_by = 0 WHERE state IN ('closed', 'rejected', 'withdrawn', 'merged', 'voided')"
            .to_owned(),
        "CREATE INDEX cases_reckoned ON cases (tenant_id, reckoned_by, id) WHERE reckoned_by <> 0".to_owned(),
        format!(
            "CREATE INDEX cases_next_due ON cases (next_due_at, tenant_id, id) WHERE next_due_at < {never}"
        ),
    ];
    // The owner of a table is under its policies too, and they let it see nothing.
    if postgres {
        steps.insert(3, "ALTER TABLE cases NO FORCE ROW LEVEL SECURITY".to_owned());
        steps.insert(5, "ALTER TABLE cases FORCE ROW LEVEL SECURITY".to_owned());
        steps.push(format!("CREATE POLICY worker ON cases FOR SELECT TO {WORKER_ROLE} USING (true)"));
        steps.push(format!("GRANT SELECT (tenant_id, id, next_due_at) ON cases TO {WORKER_ROLE}"));
    }
    steps
}
