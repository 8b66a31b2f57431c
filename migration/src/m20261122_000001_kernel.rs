//! Tables of the kernel's ports: audit, outbox, idempotency, serials.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::ddl::{APP_ROLE, Reach, TenantTable, Worker};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        TenantTable::new("audit_entries", Reach::Auditor)
            .column("id", "UUID")
            .column("at", "BIGINT")
            .nullable("account_id", "UUID")
            .column("action", "TEXT")
            .column("target", "TEXT")
            .column("request_id", "TEXT")
            .column("detail", "TEXT")
            .key(&["id"])
            .index(&["at", "id"])
            .create(manager)
            .await?;
        TenantTable::new("outbox_events", Reach::Nobody)
            .column("id", "UUID")
            .column("aggregate", "TEXT")
            .column("aggregate_id", "UUID")
            .column("version", "BIGINT")
            .column("name", "TEXT")
            .column("occurred_at", "BIGINT")
            .nullable("account_id", "UUID")
            .column("payload", "TEXT")
            .nullable("scope_before", "TEXT")
            .column("scope_after", "TEXT")
            .nullable("position", "BIGINT")
            .key(&["id"])
            .unique(&["position"])
            .unique(&["aggregate", "aggregate_id", "version", "name"])
            .index_where(&["occurred_at", "id"], "position IS NULL")
            .worker(Worker::Update)
            .create(manager)
            .await?;
        TenantTable::new("idempotency_records", Reach::Own("account_id"))
            .column("account_id", "UUID")
            .column("key", "TEXT")
            .column("field", "TEXT")
            .column("input_hash", "BYTES")
            .column("result_id", "UUID")
            .column("result_version", "BIGINT")
            .column("at", "BIGINT")
            .key(&["account_id", "key"])
            .worker(Worker::Delete)
            .create(manager)
            .await?;
        TenantTable::new("serials", Reach::Tenant)
            .column("name", "TEXT")
            .column("last", "BIGINT")
            .key(&["name"])
            .create(manager)
            .await?;
        grant_migration_list(manager).await
    }
}

/// A server asks at its start whether the database is migrated.
async fn grant_migration_list(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        let sql = format!("GRANT SELECT ON seaql_migrations TO {APP_ROLE}");
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}
