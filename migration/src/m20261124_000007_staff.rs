//! Tables of the staff slice: people of the force, kinds of posts, appointments, plans, teams, change log.

use sea_orm_migration::prelude::*;

use crate::ddl::{Reach, TenantTable};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        people(manager).await?;
        appointments(manager).await?;
        plans(manager).await?;
        teams(manager).await?;
        changes(manager).await
    }
}

/// Whose rows somebody without a role of the staff reads: their own.
const OWN: Reach = Reach::StaffOrOwn("account_id");

async fn people(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    TenantTable::new("staff_members", OWN)
        .column("id", "UUID")
        .column("code", "TEXT")
        .column("unit_id", "UUID")
        .nullable("organisation_id", "UUID")
        .nullable("account_id", "UUID")
        .column("name", "BYTES")
        .nullable("phone", "BYTES")
        .nullable("phone_blind", "BYTES")
        .column("state", "TEXT")
        .column("created_at", "BIGINT")
        .column("version", "BIGINT")
        .key(&["id"])
        .unique(&["code"])
        // Nulls are distinct: many have no account.
        .unique(&["account_id"])
        .references(&["unit_id"], "units", &["id"])
        .references(&["organisation_id"], "organisations", &["id"])
        .references(&["account_id"], "accounts", &["id"])
        .index(&["unit_id", "code", "id"])
        .index(&["phone_blind"])
        .check("state IN ('serving', 'left')")
        .check("(phone IS NULL) = (phone_blind IS NULL)")
        .create(manager)
        .await?;
    TenantTable::new("post_kinds", Reach::Tenant)
        .column("id", "UUID")
        .column("code", "TEXT")
        .column("name_zh", "TEXT")
        .column("name_en", "TEXT")
        .nullable("role", "TEXT")
        .column("target_kinds", "TEXT")
        .column("exclusive", "BOOLEAN")
        .column("employment", "TEXT")
        .column("state", "TEXT")
        .column("version", "BIGINT")
        .key(&["id"])
        .unique(&["code"])
        .references(&[], "tenants", &[])
        .check("state IN ('active', 'retired')")
        .create(manager)
        .await
}

async fn appointments(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    TenantTable::new("appointments", OWN)
        .column("id", "UUID")
        .column("staff_member_id", "UUID")
        .nullable("account_id", "UUID")
        .column("post_kind_id", "UUID")
        .column("kind", "TEXT")
        .column("target_kind", "TEXT")
        .nullable("target_unit_id", "UUID")
        .nullable("target_grid_id", "UUID")
        .nullable("target_group_id", "UUID")
        .nullable("target_organisation_id", "UUID")
        .nullable("stands_in_for_id", "UUID")
        .nullable("role_grant_id", "UUID")
        .column("categories", "TEXT")
        .column("since_at", "BIGINT")
        // Open-ended is the greatest instant: no sort key is nullable.
        .column("until_at", "BIGINT")
        .nullable("document", "TEXT")
        .column("created_at", "BIGINT")
        .column("version", "BIGINT")
        .key(&["id"])
        .references(&["staff_member_id"], "staff_members", &["id"])
        .references(&["account_id"], "accounts", &["id"])
        .references(&["post_kind_id"], "post_kinds", &["id"])
        .references(&["target_unit_id"], "units", &["id"])
        .references(&["target_grid_id"], "grids", &["id"])
        .references(&["target_group_id"], "unit_groups", &["id"])
        .references(&["target_organisation_id"], "organisations", &["id"])
        .references(&["stands_in_for_id"], "appointments", &["id"])
        .references(&["role_grant_id"], "role_grants", &["id"])
        .index(&["since_at", "id"])
        .index(&["staff_member_id", "since_at", "id"])
        .index(&["post_kind_id", "since_at", "id"])
        .index_where(&["target_unit_id", "since_at", "id"], "target_unit_id IS NOT NULL")
        .index_where(&["target_grid_id", "since_at", "id"], "target_grid_id IS NOT NULL")
        .index_where(&["target_group_id", "since_at", "id"], "target_group_id IS NOT NULL")
        .index_where(&["target_organisation_id", "since_at", "id"], "target_organisation_id IS NOT NULL")
        .index_where(&["stands_in_for_id"], "stands_in_for_id IS NOT NULL")
        .check("kind IN ('regular', 'secondment', 'stand_in')")
        .check("target_kind IN ('unit', 'grid', 'group', 'organisation')")
        .check("(target_kind = 'unit') = (target_unit_id IS NOT NULL)")
        .check("(target_kind = 'grid') = (target_grid_id IS NOT NULL)")
        .check("(target_kind = 'group') = (target_group_id IS NOT NULL)")
        .check("(target_kind = 'organisation') = (target_organisation_id IS NOT NULL)")
        .check("(kind = 'stand_in') = (stands_in_for_id IS NOT NULL)")
        // One that was ended before it began ends where it begins.
        .check("since_at <= until_at")
        .create(manager)
        .await
}

async fn plans(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    TenantTable::new("headcounts", Reach::Tenant)
        .column("id", "UUID")
        .column("unit_id", "UUID")
        .column("post_kind_id", "UUID")
        .column("since_at", "BIGINT")
        // Of two of one instant the later holds.
        .column("serial", "BIGINT")
        .column("planned", "INTEGER")
        .nullable("set_by", "UUID")
        .key(&["id"])
        .unique(&["serial"])
        .index(&["unit_id", "post_kind_id", "since_at"])
        .references(&["unit_id"], "units", &["id"])
        .references(&["post_kind_id"], "post_kinds", &["id"])
        .references(&["set_by"], "accounts", &["id"])
        .check("planned >= 0")
        .create(manager)
        .await?;
    TenantTable::new("staffing_rules", Reach::Tenant)
        .column("id", "UUID")
        .column("since_at", "BIGINT")
        .column("serial", "BIGINT")
        .column("requirements", "TEXT")
        .nullable("set_by", "UUID")
        .key(&["id"])
        .unique(&["serial"])
        .index(&["since_at", "serial"])
        .references(&[], "tenants", &[])
        .references(&["set_by"], "accounts", &["id"])
        .create(manager)
        .await
}

async fn teams(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    TenantTable::new("teams", Reach::Tenant)
        .column("id", "UUID")
        .column("code", "TEXT")
        .column("name", "TEXT")
        .nullable("brand_name", "TEXT")
        .column("kind", "TEXT")
        .column("unit_id", "UUID")
        .nullable("organisation_id", "UUID")
        .nullable("leader_id", "UUID")
        .column("state", "TEXT")
        .column("created_at", "BIGINT")
        .column("version", "BIGINT")
        .key(&["id"])
        .unique(&["code"])
        .references(&["unit_id"], "units", &["id"])
        .references(&["organisation_id"], "organisations", &["id"])
        .references(&["leader_id"], "staff_members", &["id"])
        .index(&["unit_id", "code", "id"])
        .check("state IN ('active', 'disbanded')")
        .create(manager)
        .await?;
    TenantTable::new("team_memberships", OWN)
        .column("id", "UUID")
        .column("team_id", "UUID")
        .column("staff_member_id", "UUID")
        .nullable("account_id", "UUID")
        .column("since_at", "BIGINT")
        .column("until_at", "BIGINT")
        .column("version", "BIGINT")
        .key(&["id"])
        .references(&["team_id"], "teams", &["id"])
        .references(&["staff_member_id"], "staff_members", &["id"])
        .references(&["account_id"], "accounts", &["id"])
        .index(&["team_id", "since_at", "id"])
        .index(&["staff_member_id", "since_at", "id"])
        .check("since_at <= until_at")
        .create(manager)
        .await
}

async fn changes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    TenantTable::new("staff_changes", OWN)
        .column("id", "UUID")
        .column("at", "BIGINT")
        .nullable("changed_by", "UUID")
        .column("staff_member_id", "UUID")
        .nullable("account_id", "UUID")
        .column("kind", "TEXT")
        .nullable("appointment_id", "UUID")
        .nullable("team_id", "UUID")
        .column("fields", "TEXT")
        .key(&["id"])
        .references(&["changed_by"], "accounts", &["id"])
        .references(&["staff_member_id"], "staff_members", &["id"])
        .references(&["account_id"], "accounts", &["id"])
        .references(&["appointment_id"], "appointments", &["id"])
        .references(&["team_id"], "teams", &["id"])
        .index(&["at", "id"])
        .index(&["staff_member_id", "at", "id"])
        .create(manager)
        .await
}
