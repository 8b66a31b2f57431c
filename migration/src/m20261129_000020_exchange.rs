//! Other systems that cases come from and are told to (数据对接): who they are and how their words are read, and the numbers under which
//! their tickets came. Webhooks may be told all of a case, and receivers say under which number they took it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::{Reach, TenantTable, WORKER_ROLE, lookup_function, lookup_grant};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        partners().create(manager).await?;
        tickets().create(manager).await?;
        for sql in fuller_webhooks(manager.get_database_backend()) {
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        lookup_grant(manager, "exchange_partners", "tenant_id, id, account_id, key").await?;
        lookup_function(
            manager,
            "lookup_exchange_partner(code text, key text)",
            "TABLE (tenant_id uuid, account_id uuid, partner_id uuid)",
            "SELECT p.tenant_id, p.account_id, p.id FROM public.tenants t \
             JOIN public.exchange_partners p ON p.tenant_id = t.tenant_id AND p.key = lookup_exchange_partner.key \
             WHERE t.code = lookup_exchange_partner.code",
        )
        .await
    }
}

/// What is there is told as thinly as before, and nobody said under which number it was taken.
fn fuller_webhooks(backend: DbBackend) -> Vec<String> {
    let postgres = backend == DbBackend::Postgres;
    let (bigint, text, bytes) =
        if postgres { ("bigint", "text COLLATE \"C\"", "bytea") } else { ("INTEGER", "TEXT", "BLOB") };
    // What a receiver said is kept beyond the time of deliveries.
    let told = format!("GRANT SELECT (receipt_at) ON webhook_deliveries TO {WORKER_ROLE}");
    let mut steps = vec![
        format!(
            "ALTER TABLE webhooks ADD COLUMN content {text} NOT NULL DEFAULT 'thin' CHECK (content IN ('thin', 'full'))"
        ),
        format!("ALTER TABLE webhooks ADD COLUMN external_source {text} NULL"),
        format!("ALTER TABLE webhook_deliveries ADD COLUMN receipt_number {text} NULL"),
        format!("ALTER TABLE webhook_deliveries ADD COLUMN receipt_at {bigint} NULL"),
        format!("ALTER TABLE webhook_deliveries ADD COLUMN refusal {bytes} NULL"),
        // What of a case was told to whom.
        "CREATE INDEX webhook_deliveries_case ON webhook_deliveries (tenant_id, case_id, webhook_id, position) \
         WHERE case_id IS NOT NULL"
            .to_owned(),
        // Old keys are looked for in all tenants.
        "CREATE INDEX idempotency_records_at ON idempotency_records (at)".to_owned(),
    ];
    steps.extend(postgres.then_some(told));
    steps
}

fn partners() -> TenantTable {
    TenantTable::new("exchange_partners", Reach::StaffOrOwn("account_id"))
        .column("id", "UUID")
        .column("account_id", "UUID")
        .column("key", "TEXT")
        .column("name", "TEXT")
        .column("door", "TEXT")
        .column("case_source", "TEXT")
        .column("mapping", "TEXT")
        .nullable("webhook_id", "UUID")
        .column("secret", "BYTES")
        .nullable("old_secret", "BYTES")
        .nullable("old_secret_until_at", "BIGINT")
        .nullable("disabled_at", "BIGINT")
        .column("created_at", "BIGINT")
        .column("version", "BIGINT")
        .key(&["id"])
        // Tickets carry it as their source, and addresses lead to it.
        .unique(&["key"])
        .references(&["account_id"], "accounts", &["id"])
        .references(&["webhook_id"], "webhooks", &["id"])
        .index(&["created_at", "id"])
        .index(&["account_id", "created_at", "id"])
        .check("door IN ('signed', 'open311')")
        .check("(old_secret IS NULL) = (old_secret_until_at IS NULL)")
}

fn tickets() -> TenantTable {
    TenantTable::new("exchange_tickets", Reach::StaffOrOwn("account_id"))
        .column("partner_id", "UUID")
        .column("number", "TEXT")
        .column("account_id", "UUID")
        .column("fingerprint", "BYTES")
        .column("body", "BYTES")
        .column("case_id", "UUID")
        .column("received_at", "BIGINT")
        // Whatever is sent again under a number is the same ticket.
        .key(&["partner_id", "number"])
        .unique(&["case_id"])
        .references(&["partner_id"], "exchange_partners", &["id"])
        .references(&["account_id"], "accounts", &["id"])
        .references(&["case_id"], "cases", &["id"])
        // What came without a number is recognised by what it said lately.
        .index(&["partner_id", "fingerprint", "received_at"])
        .index(&["partner_id", "received_at"])
}
