//! Tables of the identity slice: accounts, credentials, sessions, refresh tokens, role grants.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::ddl::{Reach, TenantTable, lookup_function, lookup_grant};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        accounts(manager).await?;
        sessions(manager).await?;
        role_grants(manager).await?;
        lookups(manager).await
    }
}

async fn accounts(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    TenantTable::new("accounts", Reach::StaffOrOwn("id"))
        .column("id", "UUID")
        .column("login", "TEXT")
        .column("name", "BYTES")
        .nullable("phone", "BYTES")
        .nullable("phone_blind", "BYTES")
        .column("state", "TEXT")
        // Disabling an account ends its sessions by this instant: nobody else's row is touched.
        .column("sessions_from", "BIGINT")
        .column("created_at", "BIGINT")
        .column("version", "BIGINT")
        .key(&["id"])
        .unique(&["login"])
        .references(&[], "tenants", &[])
        .index(&["phone_blind"])
        .check("state IN ('active', 'disabled')")
        .check("(phone IS NULL) = (phone_blind IS NULL)")
        .create(manager)
        .await?;
    TenantTable::new("credentials", Reach::Own("account_id"))
        .column("account_id", "UUID")
        .column("password_hash", "TEXT")
        .column("changed_at", "BIGINT")
        .key(&["account_id"])
        .references(&["account_id"], "accounts", &["id"])
        .create(manager)
        .await
}

async fn sessions(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    TenantTable::new("sessions", Reach::Own("account_id"))
        .column("id", "UUID")
        .column("account_id", "UUID")
        .column("created_at", "BIGINT")
        .column("expires_at", "BIGINT")
        .nullable("revoked_at", "BIGINT")
        .key(&["id"])
        .references(&["account_id"], "accounts", &["id"])
        .index(&["account_id", "created_at", "id"])
        .create(manager)
        .await?;
    TenantTable::new("refresh_tokens", Reach::Own("account_id"))
        .column("token_hash", "BYTES")
        .column("session_id", "UUID")
        .column("account_id", "UUID")
        .column("issued_at", "BIGINT")
        .nullable("used_at", "BIGINT")
        .nullable("successor_hash", "BYTES")
        // When a lost answer was made good by a second successor; that happens once.
        .nullable("repeated_at", "BIGINT")
        .key(&["token_hash"])
        .references(&["session_id"], "sessions", &["id"])
        .references(&["account_id"], "accounts", &["id"])
        .index(&["session_id"])
        .create(manager)
        .await?;
    // A refresh token is all that its bearer shows: the tenant is found by it.
    let sql = "CREATE INDEX refresh_tokens_hash ON refresh_tokens (token_hash)";
    manager.get_connection().execute_unprepared(sql).await?;
    Ok(())
}

async fn role_grants(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    TenantTable::new("role_grants", Reach::StaffOrOwn("account_id"))
        .column("id", "UUID")
        .column("account_id", "UUID")
        .column("role", "TEXT")
        .column("target_kind", "TEXT")
        .nullable("target_unit_id", "UUID")
        .nullable("target_grid_id", "UUID")
        .nullable("target_group_id", "UUID")
        .nullable("target_organisation_id", "UUID")
        .column("since_at", "BIGINT")
        // Open-ended is the greatest instant: no sort key is nullable.
        .column("until_at", "BIGINT")
        .column("sensitivity", "INTEGER")
        .nullable("granted_by", "UUID")
        .nullable("revoked_at", "BIGINT")
        // 1 while the grant makes a separated administrator, or an auditor, who reads what one of them
        // reads. Nulls are distinct, so an account has at most one.
        .nullable("admin_slot", "INTEGER")
        .column("version", "BIGINT")
        .key(&["id"])
        .unique(&["account_id", "admin_slot"])
        .references(&["account_id"], "accounts", &["id"])
        .references(&["granted_by"], "accounts", &["id"])
        .references(&["target_unit_id"], "units", &["id"])
        .references(&["target_grid_id"], "grids", &["id"])
        .references(&["target_group_id"], "unit_groups", &["id"])
        .references(&["target_organisation_id"], "organisations", &["id"])
        .index(&["account_id", "since_at", "id"])
        .index(&["since_at", "id"])
        .index_where(&["target_unit_id", "since_at", "id"], "target_unit_id IS NOT NULL")
        .index_where(&["target_grid_id", "since_at", "id"], "target_grid_id IS NOT NULL")
        .index_where(&["target_group_id", "since_at", "id"], "target_group_id IS NOT NULL")
        .index_where(&["target_organisation_id", "since_at", "id"], "target_organisation_id IS NOT NULL")
        .check("target_kind IN ('platform', 'unit', 'grid', 'group', 'organisation')")
        .check("(target_kind = 'platform') = (role = 'platform_operator')")
        .check("(target_kind = 'unit') = (target_unit_id IS NOT NULL)")
        .check("(target_kind = 'grid') = (target_grid_id IS NOT NULL)")
        .check("(target_kind = 'group') = (target_group_id IS NOT NULL)")
        .check("(target_kind = 'organisation') = (target_organisation_id IS NOT NULL)")
        .check("since_at < until_at")
        .check("sensitivity BETWEEN 0 AND 2")
        .check("admin_slot IS NULL OR admin_slot = 1")
        .check(
            "(role IN ('system_administrator', 'security_administrator', 'audit_administrator', 'auditor') \
             AND revoked_at IS NULL) = (admin_slot IS NOT NULL)",
        )
        .create(manager)
        .await?;
    // No key to the categories: their table belongs to a later migration, and a category is never
    // deleted.
    TenantTable::new("role_grant_categories", Reach::StaffOrOwn("account_id"))
        .column("grant_id", "UUID")
        .column("category_id", "UUID")
        .column("account_id", "UUID")
        .key(&["grant_id", "category_id"])
        .references(&["grant_id"], "role_grants", &["id"])
        .references(&["account_id"], "accounts", &["id"])
        .create(manager)
        .await
}

/// What must be found before a scope exists, and no column more.
async fn lookups(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    lookup_grant(manager, "accounts", "tenant_id, id, login, state").await?;
    lookup_grant(manager, "credentials", "tenant_id, account_id, password_hash").await?;
    lookup_grant(manager, "refresh_tokens", "tenant_id, account_id, session_id, token_hash").await?;
    lookup_function(
        manager,
        "lookup_credential(code text, login text)",
        "TABLE (tenant_id uuid, account_id uuid, state text, password_hash text)",
        "SELECT a.tenant_id, a.id, a.state, c.password_hash FROM public.tenants t \
         JOIN public.accounts a ON a.tenant_id = t.tenant_id AND a.login = lookup_credential.login \
         LEFT JOIN public.credentials c ON c.tenant_id = a.tenant_id AND c.account_id = a.id \
         WHERE t.code = lookup_credential.code",
    )
    .await?;
    lookup_function(
        manager,
        "lookup_refresh(token_hash bytea)",
        "TABLE (tenant_id uuid, account_id uuid, session_id uuid)",
        "SELECT r.tenant_id, r.account_id, r.session_id FROM public.refresh_tokens r \
         WHERE r.token_hash = lookup_refresh.token_hash",
    )
    .await
}
