//! How far the events of each tenant got: the newest position with the event that has it, and up to where they are
//! no longer kept. Until now the newest position was looked for among the events, which works while none is removed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::{Reach, TenantTable, WORKER_ROLE, Worker};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        TenantTable::new("outbox_heads", Reach::Tenant)
            .column("position", "BIGINT")
            .column("event_id", "UUID")
            .column("gone", "BIGINT")
            .key(&[])
            .worker(Worker::Place)
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
    if backend != DbBackend::Postgres {
        return vec![HEADS.to_owned()];
    }
    // The owner of a table is under its policies too, and they let it see nothing.
    vec![
        "ALTER TABLE outbox_events NO FORCE ROW LEVEL SECURITY".to_owned(),
        "ALTER TABLE outbox_heads NO FORCE ROW LEVEL SECURITY".to_owned(),
        HEADS.to_owned(),
        "ALTER TABLE outbox_heads FORCE ROW LEVEL SECURITY".to_owned(),
        "ALTER TABLE outbox_events FORCE ROW LEVEL SECURITY".to_owned(),
        format!("GRANT DELETE ON outbox_events TO {WORKER_ROLE}"),
    ]
}

const HEADS: &str = "INSERT INTO outbox_heads (tenant_id, position, event_id, gone) \
     SELECT e.tenant_id, e.position, e.id, 0 FROM outbox_events e JOIN ( \
     SELECT tenant_id, max(position) AS newest FROM outbox_events WHERE position IS NOT NULL GROUP BY tenant_id) h \
     ON e.tenant_id = h.tenant_id AND e.position = h.newest";
