//! Visits: seen by whoever reads the cases of their place, and by whoever made them.

use sea_orm_migration::prelude::*;

use crate::ddl::{Reach, TenantTable};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        TenantTable::new("visits", Reach::PlaceOrOwn("account_id"))
            .column("id", "UUID")
            .column("account_id", "UUID")
            .column("subject_kind", "TEXT")
            .column("purpose", "TEXT")
            .column("outcome", "TEXT")
            .column("sensitivity", "INTEGER")
            .nullable("town_id", "UUID")
            .nullable("village_id", "UUID")
            .nullable("grid_id", "UUID")
            .nullable("longitude", "BIGINT")
            .nullable("latitude", "BIGINT")
            .nullable("coordinate_system", "TEXT")
            .nullable("address", "BYTES")
            .nullable("subject_name", "BYTES")
            .nullable("subject_phone", "BYTES")
            .nullable("findings", "BYTES")
            .nullable("case_id", "UUID")
            .column("visited_at", "BIGINT")
            .column("recorded_at", "BIGINT")
            .nullable("voided_at", "BIGINT")
            .nullable("void_reason", "BYTES")
            .column("version", "BIGINT")
            .key(&["id"])
            .references(&["account_id"], "accounts", &["id"])
            .references(&["town_id"], "units", &["id"])
            .references(&["village_id"], "units", &["id"])
            .references(&["grid_id"], "grids", &["id"])
            .references(&["case_id"], "cases", &["id"])
            // Newest first: in the district, in a place, of somebody, of a case.
            .index(&["visited_at DESC", "id DESC"])
            .index_where(&["town_id", "visited_at DESC", "id DESC"], "town_id IS NOT NULL")
            .index_where(&["village_id", "visited_at DESC", "id DESC"], "village_id IS NOT NULL")
            .index_where(&["grid_id", "visited_at DESC", "id DESC"], "grid_id IS NOT NULL")
            .index(&["account_id", "visited_at DESC", "id DESC"])
            .index_where(&["case_id", "visited_at DESC", "id DESC"], "case_id IS NOT NULL")
            .check("subject_kind IN ('person', 'household', 'enterprise', 'premises')")
            .check("purpose IN ('routine', 'screening', 'condolence', 'publicity', 'follow_up')")
            .check("outcome IN ('met', 'absent', 'declined')")
            .check("sensitivity BETWEEN 0 AND 2")
            .check("(longitude IS NULL) = (latitude IS NULL)")
            .check("(longitude IS NULL) = (coordinate_system IS NULL)")
            .check("(voided_at IS NULL) = (void_reason IS NULL)")
            .create(manager)
            .await
    }
}
