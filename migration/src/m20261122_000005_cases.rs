//! Tables of the cases slice: cases, their timeline, and who may see them beyond their place.

use sea_orm_migration::prelude::*;

use crate::ddl::{Reach, TenantTable};

/// See the module.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Before the cases: their policy asks it, and without a foreign key to them, because the row
        // that lets the reporter see a case is written with the case.
        case_access(manager).await?;
        cases(manager).await?;
        case_entries(manager).await
    }
}

async fn case_access(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    TenantTable::new("case_access", Reach::Tenant)
        .column("id", "UUID")
        .column("case_id", "UUID")
        .column("principal_kind", "TEXT")
        .column("principal_id", "UUID")
        .column("part", "TEXT")
        .column("inbox", "TEXT")
        .column("since_at", "BIGINT")
        .column("until_at", "BIGINT")
        .key(&["id"])
        .unique(&["case_id", "principal_id", "part"])
        .index(&["principal_id", "inbox", "since_at DESC", "id DESC", "case_id"])
        .create(manager)
        .await
}

async fn cases(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    case_columns()
        .key(&["id"])
        .unique(&["number"])
        .unique(&["external_source", "external_number"])
        .references(&[], "tenants", &[])
        .references(&["category_id"], "categories", &["id"])
        .references(&["town_id"], "units", &["id"])
        .references(&["village_id"], "units", &["id"])
        .references(&["grid_id"], "grids", &["id"])
        .references(&["reported_unit_id"], "units", &["id"])
        .references(&["reporter_account_id"], "accounts", &["id"])
        .index(&["opened_at DESC", "id DESC"])
        .index(&["town_id", "opened_at DESC", "id DESC"])
        .index(&["village_id", "opened_at DESC", "id DESC"])
        .index(&["grid_id", "opened_at DESC", "id DESC"])
        .index(&["state", "opened_at DESC", "id DESC"])
        .index(&["category_id", "opened_at DESC", "id DESC"])
        .index(&["assignee_id", "opened_at DESC", "id DESC"])
        .index(&["due_at", "id"])
        .check("(longitude IS NULL) = (latitude IS NULL)")
        .check("(longitude IS NULL) = (coordinate_system IS NULL)")
        .check("(external_source IS NULL) = (external_number IS NULL)")
        .create(manager)
        .await
}

fn case_columns() -> TenantTable {
    TenantTable::new("cases", Reach::Case)
        .column("id", "UUID")
        .column("number", "TEXT")
        .column("state", "TEXT")
        .column("category_id", "UUID")
        .column("sensitivity", "INTEGER")
        .column("priority", "TEXT")
        .column("source", "TEXT")
        .nullable("external_source", "TEXT")
        .nullable("external_number", "TEXT")
        .column("title", "TEXT")
        .column("description", "BYTES")
        .nullable("town_id", "UUID")
        .nullable("village_id", "UUID")
        .nullable("grid_id", "UUID")
        .nullable("address", "BYTES")
        .nullable("longitude", "BIGINT")
        .nullable("latitude", "BIGINT")
        .nullable("coordinate_system", "TEXT")
        .nullable("occurred_at", "BIGINT")
        .column("reported_at", "BIGINT")
        .nullable("reported_unit_id", "UUID")
        .nullable("reporter_account_id", "UUID")
        .nullable("reporter_name", "BYTES")
        .nullable("reporter_phone", "BYTES")
        .column("anonymous", "BOOLEAN")
        .column("assignee_kind", "TEXT")
        .column("assignee_id", "UUID")
        .column("level", "TEXT")
        .column("givers", "TEXT")
        .nullable("resolver_kind", "TEXT")
        .nullable("resolver_id", "UUID")
        .nullable("resolver_account_id", "UUID")
        .nullable("resolved_level", "TEXT")
        .nullable("settled_level", "TEXT")
        .column("due_at", "BIGINT")
        .nullable("accepted_at", "BIGINT")
        .nullable("closed_at", "BIGINT")
        .nullable("evaluation", "TEXT")
        .nullable("evaluated_at", "BIGINT")
        .column("opened_at", "BIGINT")
        .column("version", "BIGINT")
}

async fn case_entries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    TenantTable::new("case_entries", Reach::OfCase("case_id", "audience"))
        .column("id", "UUID")
        .column("case_id", "UUID")
        .column("version", "BIGINT")
        .column("at", "BIGINT")
        .column("act", "TEXT")
        .nullable("from_state", "TEXT")
        .column("to_state", "TEXT")
        .nullable("account_id", "UUID")
        .column("audience", "INTEGER")
        .nullable("text", "BYTES")
        .column("detail", "TEXT")
        .key(&["id"])
        .unique(&["case_id", "version"])
        .references(&["case_id"], "cases", &["id"])
        .create(manager)
        .await
}
