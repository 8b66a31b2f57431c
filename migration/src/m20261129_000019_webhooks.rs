//! Where integrators are told of events (回调地址), and what each was told or is still to be told.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::{Reach, TenantTable, WORKER_ROLE};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        endpoints().create(manager).await?;
        deliveries().create(manager).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            for sql in worker_walls() {
                manager.get_connection().execute_unprepared(&sql).await?;
            }
        }
        Ok(())
    }
}

/// The worker looks which webhooks have something to do, and removes what is old: of every tenant. It learns ids and when, and
/// neither where they are nor what they are told.
fn worker_walls() -> [String; 4] {
    [
        format!("CREATE POLICY worker ON webhooks FOR SELECT TO {WORKER_ROLE} USING (true)"),
        format!("GRANT SELECT (tenant_id, id, state, position) ON webhooks TO {WORKER_ROLE}"),
        format!("CREATE POLICY worker ON webhook_deliveries TO {WORKER_ROLE} USING (true)"),
        format!(
            "GRANT SELECT (tenant_id, webhook_id, case_id, position, state, next_attempt_at, lease_until_at, created_at), \
             DELETE ON webhook_deliveries TO {WORKER_ROLE}"
        ),
    ]
}

fn endpoints() -> TenantTable {
    TenantTable::new("webhooks", Reach::StaffOrOwn("account_id"))
        .column("id", "UUID")
        .column("account_id", "UUID")
        .column("name", "TEXT")
        .column("url", "TEXT")
        .column("event_types", "TEXT")
        .column("category_ids", "TEXT")
        .nullable("unit_id", "UUID")
        .column("secret", "BYTES")
        .nullable("old_secret", "BYTES")
        .nullable("old_secret_until_at", "BIGINT")
        .column("state", "TEXT")
        .nullable("disabled_reason", "TEXT")
        .nullable("disabled_at", "BIGINT")
        .column("position", "BIGINT")
        .column("missed_events", "BIGINT")
        .nullable("failing_since_at", "BIGINT")
        .column("created_at", "BIGINT")
        .column("version", "BIGINT")
        .key(&["id"])
        .references(&["account_id"], "accounts", &["id"])
        .references(&["unit_id"], "units", &["id"])
        .index(&["created_at", "id"])
        .index(&["account_id", "created_at", "id"])
        .check("state IN ('enabled', 'disabled')")
        .check("(state = 'disabled') = (disabled_reason IS NOT NULL)")
        .check("(state = 'disabled') = (disabled_at IS NOT NULL)")
        .check("(old_secret IS NULL) = (old_secret_until_at IS NULL)")
}

fn deliveries() -> TenantTable {
    TenantTable::new("webhook_deliveries", Reach::StaffOrOwn("account_id"))
        .column("id", "UUID")
        .column("webhook_id", "UUID")
        .column("account_id", "UUID")
        .column("event_id", "UUID")
        .column("event", "TEXT")
        .nullable("case_id", "UUID")
        .column("position", "BIGINT")
        .column("body", "TEXT")
        .nullable("sight", "TEXT")
        .column("state", "TEXT")
        .column("tries", "INTEGER")
        .column("attempts", "TEXT")
        .column("next_attempt_at", "BIGINT")
        .column("lease_until_at", "BIGINT")
        .column("created_at", "BIGINT")
        .key(&["id"])
        // Whoever reads the same events again enqueues none of them twice.
        .unique(&["webhook_id", "event_id"])
        .references(&["webhook_id"], "webhooks", &["id"])
        .references(&["account_id"], "accounts", &["id"])
        .index(&["webhook_id", "created_at", "id"])
        // What is due, and what of the same case waits before it: few, whatever was delivered.
        .index_where(&["webhook_id", "next_attempt_at"], "state = 'waiting'")
        .index_where(&["webhook_id", "case_id", "position"], "state = 'waiting'")
        .check("state IN ('waiting', 'delivered', 'failed', 'withheld')")
}
