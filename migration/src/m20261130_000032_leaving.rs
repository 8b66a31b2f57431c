//! A district leaves (停用、移交、销毁): what state it is in, a key of its own, and on PostgreSQL the walls behind which the owner of the
//! tables sees what is to be handed over and removes what is to be erased.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::ddl::{LOOKUP_ROLE, Reach, TenantTable, WORKER_ROLE, lookup_function};
use crate::walls::leaving_walls_everywhere;

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let (text, bigint) = if postgres { ("text COLLATE \"C\"", "bigint") } else { ("TEXT", "INTEGER") };
        for column in [
            format!(
                "state {text} NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed', 'erasing', 'erased'))"
            ),
            format!("closed_at {bigint} NULL"),
            format!("exported_at {bigint} NULL"),
            format!("exported_counts {text} NULL"),
            format!("erased_at {bigint} NULL"),
        ] {
            connection.execute_unprepared(&format!("ALTER TABLE tenants ADD COLUMN {column}")).await?;
        }
        if postgres {
            connection.execute_unprepared(&leaving_walls_everywhere()).await?;
        }
        TenantTable::new("tenant_keys", Reach::Tenant)
            .column("key", "BYTES")
            .column("created_at", "BIGINT")
            .key(&[])
            .references(&[], "tenants", &[])
            .create(manager)
            .await?;
        if postgres {
            // Nothing is done any more for whoever is closed.
            for sql in [
                format!("CREATE POLICY worker ON tenants FOR SELECT TO {WORKER_ROLE} USING (true)"),
                format!("GRANT SELECT (tenant_id, state) ON tenants TO {WORKER_ROLE}"),
            ] {
                connection.execute_unprepared(&sql).await?;
            }
            lookups(manager).await?;
        }
        Ok(())
    }
}

/// Signature, columns and statement of each lookup: whoever comes to a district that does not stand open any more finds none.
const OF_OPEN: [(&str, &str, &str); 7] = [
    (
        "lookup_tenant(wanted text)",
        "TABLE (tenant_id uuid, code text, name text, kind text)",
        "SELECT t.tenant_id, t.code, t.name, t.kind FROM public.tenants t \
         WHERE t.code = wanted AND t.state = 'open'",
    ),
    (
        "lookup_credential(code text, login text)",
        "TABLE (tenant_id uuid, account_id uuid, state text, password_hash text)",
        "SELECT a.tenant_id, a.id, a.state, c.password_hash FROM public.tenants t \
         JOIN public.accounts a ON a.tenant_id = t.tenant_id AND a.login = lookup_credential.login \
         LEFT JOIN public.credentials c ON c.tenant_id = a.tenant_id AND c.account_id = a.id \
         WHERE t.code = lookup_credential.code AND t.state = 'open'",
    ),
    (
        "lookup_exchange_partner(code text, key text)",
        "TABLE (tenant_id uuid, account_id uuid, partner_id uuid)",
        "SELECT p.tenant_id, p.account_id, p.id FROM public.tenants t \
         JOIN public.exchange_partners p ON p.tenant_id = t.tenant_id AND p.key = lookup_exchange_partner.key \
         WHERE t.code = lookup_exchange_partner.code AND t.state = 'open'",
    ),
    (
        "lookup_oversight(tenant uuid, account uuid)",
        "TABLE (id uuid, tenant_id uuid, account_id uuid, code text, name text, since_at bigint, until_at bigint)",
        "SELECT o.id, o.tenant_id, o.account_id, t.code, t.name, o.since_at, o.until_at \
         FROM public.oversight_grants o JOIN public.tenants t ON t.tenant_id = o.tenant_id \
         WHERE o.home_tenant_id = lookup_oversight.tenant AND o.home_account_id = lookup_oversight.account \
         AND o.revoked_at IS NULL AND t.state = 'open'",
    ),
    (
        "lookup_overseer(code text, account uuid)",
        "TABLE (tenant_id uuid, login text, state text)",
        "SELECT a.tenant_id, a.login, a.state \
         FROM public.accounts a JOIN public.tenants t ON t.tenant_id = a.tenant_id \
         WHERE t.code = lookup_overseer.code AND a.id = lookup_overseer.account AND t.state = 'open'",
    ),
    (
        "lookup_home(tenant uuid, account uuid, session uuid)",
        "TABLE (created_at bigint, expires_at bigint, revoked_at bigint, sessions_from bigint, state text, changed_at bigint)",
        "SELECT s.created_at, s.expires_at, s.revoked_at, a.sessions_from, a.state, c.changed_at \
         FROM public.sessions s JOIN public.accounts a ON a.tenant_id = s.tenant_id AND a.id = s.account_id \
         JOIN public.tenants t ON t.tenant_id = s.tenant_id AND t.state = 'open' \
         LEFT JOIN public.credentials c ON c.tenant_id = s.tenant_id AND c.account_id = s.account_id \
         WHERE s.tenant_id = lookup_home.tenant AND s.account_id = lookup_home.account AND s.id = lookup_home.session",
    ),
    // Of every tenant: the platform knows in which state each is.
    (
        "lookup_tenants()",
        "TABLE (tenant_id uuid, code text, name text, kind text, state text)",
        "SELECT t.tenant_id, t.code, t.name, t.kind, t.state FROM public.tenants t ORDER BY t.code",
    ),
];

/// Puts them in the place of those of before.
async fn lookups(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    for (signature, returns, body) in OF_OPEN {
        let (name, _) = signature.split_once('(').unwrap_or((signature, ""));
        // One whose columns change cannot be replaced, and a new one has the rights of none before.
        connection.execute_unprepared(&format!("DROP FUNCTION {name}")).await?;
        lookup_function(manager, signature, returns, body).await?;
    }
    let grant = format!("GRANT SELECT (state) ON tenants TO {LOOKUP_ROLE}");
    connection.execute_unprepared(&grant).await?;
    Ok(())
}
