//! Who of another tenant reads this one (跨区督查), and by which session at home a session was opened.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::{LOOKUP_ROLE, Reach, TenantTable, lookup_function, lookup_grant};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        grants().create(manager).await?;
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let uuid = if postgres { "uuid" } else { "BLOB" };
        let connection = manager.get_connection();
        for column in ["home_tenant_id", "home_account_id", "home_session_id"] {
            let add = format!("ALTER TABLE sessions ADD COLUMN {column} {uuid} NULL");
            connection.execute_unprepared(&add).await?;
        }
        // How somebody finds what they were given, in whichever tenant.
        let offered = "CREATE INDEX oversight_grants_home ON oversight_grants (home_tenant_id, home_account_id) \
                       WHERE revoked_at IS NULL";
        connection.execute_unprepared(offered).await?;
        if postgres {
            for column in ["sessions_from) ON accounts", "changed_at) ON credentials"] {
                let grant = format!("GRANT SELECT ({column} TO {LOOKUP_ROLE}");
                connection.execute_unprepared(&grant).await?;
            }
        }
        lookups(manager).await
    }
}

/// Staff may know who reads their district.
fn grants() -> TenantTable {
    TenantTable::new("oversight_grants", Reach::StaffOrOwn("account_id"))
        .column("id", "UUID")
        .column("account_id", "UUID")
        .column("role_grant_id", "UUID")
        .column("unit_id", "UUID")
        // Of another tenant: no key can refer to them.
        .column("home_tenant_id", "UUID")
        .column("home_account_id", "UUID")
        .column("home_code", "TEXT")
        .column("home_login", "TEXT")
        .column("reason", "TEXT")
        .column("since_at", "BIGINT")
        .column("until_at", "BIGINT")
        .column("created_at", "BIGINT")
        .nullable("created_by", "UUID")
        .nullable("revoked_at", "BIGINT")
        .nullable("revoked_by", "UUID")
        .column("version", "BIGINT")
        .key(&["id"])
        .unique(&["account_id"])
        .references(&["account_id"], "accounts", &["id"])
        .references(&["role_grant_id"], "role_grants", &["id"])
        .references(&["unit_id"], "units", &["id"])
        .index(&["created_at", "id"])
        .check("since_at < until_at")
        .check("home_tenant_id <> tenant_id")
        .check("revoked_by IS NULL OR revoked_at IS NOT NULL")
}

/// What is asked of another tenant than the caller's: by whom somebody was given leave, whether somebody exists who shall be given it, and
/// whether the session at home still counts.
async fn lookups(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let offered =
        "tenant_id, id, account_id, home_tenant_id, home_account_id, since_at, until_at, revoked_at";
    lookup_grant(manager, "oversight_grants", offered).await?;
    lookup_grant(manager, "sessions", "tenant_id, id, account_id, created_at, expires_at, revoked_at")
        .await?;
    lookup_function(
        manager,
        "lookup_oversight(tenant uuid, account uuid)",
        "TABLE (id uuid, tenant_id uuid, account_id uuid, code text, name text, since_at bigint, until_at bigint)",
        "SELECT o.id, o.tenant_id, o.account_id, t.code, t.name, o.since_at, o.until_at \
         FROM public.oversight_grants o JOIN public.tenants t ON t.tenant_id = o.tenant_id \
         WHERE o.home_tenant_id = lookup_oversight.tenant AND o.home_account_id = lookup_oversight.account \
         AND o.revoked_at IS NULL",
    )
    .await?;
    lookup_function(
        manager,
        "lookup_overseer(code text, account uuid)",
        "TABLE (tenant_id uuid, login text, state text)",
        "SELECT a.tenant_id, a.login, a.state \
         FROM public.accounts a JOIN public.tenants t ON t.tenant_id = a.tenant_id \
         WHERE t.code = lookup_overseer.code AND a.id = lookup_overseer.account",
    )
    .await?;
    lookup_function(
        manager,
        "lookup_home(tenant uuid, account uuid, session uuid)",
        "TABLE (created_at bigint, expires_at bigint, revoked_at bigint, sessions_from bigint, state text, changed_at bigint)",
        "SELECT s.created_at, s.expires_at, s.revoked_at, a.sessions_from, a.state, c.changed_at \
         FROM public.sessions s JOIN public.accounts a ON a.tenant_id = s.tenant_id AND a.id = s.account_id \
         LEFT JOIN public.credentials c ON c.tenant_id = s.tenant_id AND c.account_id = s.account_id \
         WHERE s.tenant_id = lookup_home.tenant AND s.account_id = lookup_home.account AND s.id = lookup_home.session",
    )
    .await
}
