//! Tables of the org slice: tenants, units of the three tiers, grids, unit groups, organisations.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::ddl::{Reach, TenantTable, lookup_function, lookup_grant};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenants(manager).await?;
        units(manager).await?;
        grids(manager).await?;
        groups_and_organisations(manager).await
    }
}

async fn tenants(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    TenantTable::new("tenants", Reach::Tenant)
        .column("code", "TEXT")
        .column("name", "TEXT")
        .column("kind", "TEXT")
        .column("created_at", "BIGINT")
        .create(manager)
        .await?;
    // The one key that is unique across tenants: it is how a tenant is found.
    let sql = "CREATE UNIQUE INDEX tenants_code ON tenants (code)";
    manager.get_connection().execute_unprepared(sql).await?;
    lookup_grant(manager, "tenants", "tenant_id, code, name, kind").await?;
    lookup_function(
        manager,
        "lookup_tenant(wanted text)",
        "TABLE (tenant_id uuid, code text, name text, kind text)",
        "SELECT t.tenant_id, t.code, t.name, t.kind FROM public.tenants t WHERE t.code = wanted",
    )
    .await?;
    lookup_function(
        manager,
        "lookup_tenants()",
        "TABLE (tenant_id uuid, code text, name text, kind text)",
        "SELECT t.tenant_id, t.code, t.name, t.kind FROM public.tenants t ORDER BY t.code",
    )
    .await?;
    TenantTable::new("level_names", Reach::Tenant)
        .column("level", "TEXT")
        .column("name_zh", "TEXT")
        .column("name_en", "TEXT")
        .key(&["level"])
        .references(&[], "tenants", &[])
        .create(manager)
        .await
}

async fn units(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    TenantTable::new("units", Reach::Tenant)
        .column("id", "UUID")
        .column("level", "TEXT")
        .nullable("parent_id", "UUID")
        .nullable("town_id", "UUID")
        .column("code", "TEXT")
        .column("code_system", "TEXT")
        .column("code_year", "INTEGER")
        .column("name", "TEXT")
        .column("state", "TEXT")
        .column("pilot", "BOOLEAN")
        .column("statistical", "BOOLEAN")
        .nullable("live_on", "TEXT")
        .column("version", "BIGINT")
        .key(&["id"])
        .unique(&["code_system", "code_year", "code"])
        .references(&[], "tenants", &[])
        .references(&["parent_id"], "units", &["id"])
        .references(&["town_id"], "units", &["id"])
        .index(&["parent_id", "code", "id"])
        .index(&["level", "code", "id"])
        .index(&["code"])
        .create(manager)
        .await?;
    TenantTable::new("unit_names", Reach::Tenant)
        .column("unit_id", "UUID")
        .column("since_on", "TEXT")
        .column("name", "TEXT")
        .key(&["unit_id", "since_on"])
        .references(&["unit_id"], "units", &["id"])
        .create(manager)
        .await?;
    TenantTable::new("unit_successions", Reach::Tenant)
        .column("predecessor_id", "UUID")
        .column("successor_id", "UUID")
        .column("on_date", "TEXT")
        .key(&["predecessor_id", "successor_id"])
        .references(&["predecessor_id"], "units", &["id"])
        .references(&["successor_id"], "units", &["id"])
        .index(&["successor_id"])
        .check("predecessor_id <> successor_id")
        .create(manager)
        .await
}

async fn grids(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    TenantTable::new("grids", Reach::Tenant)
        .column("id", "UUID")
        .column("town_id", "UUID")
        .column("village_id", "UUID")
        .column("code", "TEXT")
        .column("name", "TEXT")
        .column("kind", "TEXT")
        .column("state", "TEXT")
        .nullable("boundary", "TEXT")
        .nullable("boundary_system", "TEXT")
        .column("version", "BIGINT")
        .key(&["id"])
        .unique(&["code"])
        .references(&["town_id"], "units", &["id"])
        .references(&["village_id"], "units", &["id"])
        .index(&["village_id", "code", "id"])
        .index(&["town_id", "code", "id"])
        .create(manager)
        .await
}

async fn groups_and_organisations(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    TenantTable::new("unit_groups", Reach::Tenant)
        .column("id", "UUID")
        .column("code", "TEXT")
        .column("name", "TEXT")
        .column("kind", "TEXT")
        .column("version", "BIGINT")
        .key(&["id"])
        .unique(&["code"])
        .references(&[], "tenants", &[])
        .create(manager)
        .await?;
    TenantTable::new("unit_group_units", Reach::Tenant)
        .column("group_id", "UUID")
        .column("unit_id", "UUID")
        .key(&["group_id", "unit_id"])
        .references(&["group_id"], "unit_groups", &["id"])
        .references(&["unit_id"], "units", &["id"])
        .create(manager)
        .await?;
    TenantTable::new("unit_group_grids", Reach::Tenant)
        .column("group_id", "UUID")
        .column("grid_id", "UUID")
        .key(&["group_id", "grid_id"])
        .references(&["group_id"], "unit_groups", &["id"])
        .references(&["grid_id"], "grids", &["id"])
        .create(manager)
        .await?;
    TenantTable::new("organisations", Reach::Tenant)
        .column("id", "UUID")
        .column("code", "TEXT")
        .column("name", "TEXT")
        .column("kind", "TEXT")
        .column("version", "BIGINT")
        .key(&["id"])
        .unique(&["code"])
        .references(&[], "tenants", &[])
        .index(&["kind", "code", "id"])
        .create(manager)
        .await
}
