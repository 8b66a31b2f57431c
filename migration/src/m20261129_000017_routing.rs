//! Where a case goes when it comes in: grids know the box around their boundary, categories who answers for them first and
//! what is near, a case by what it went where it went, and who follows it because theirs became part of it.
//!
//! The boxes of boundaries that are there are a millionth of a degree wider than they need be: they only say which
//! boundaries to look at.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::{Reach, TenantTable, case_walls_anew};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        TenantTable::new("duties", Reach::Tenant)
            .column("id", "UUID")
            .column("category_id", "UUID")
            .column("organisation_id", "UUID")
            .column("unit_id", "UUID")
            .column("since_at", "BIGINT")
            .column("until_at", "BIGINT")
            .key(&["id"])
            .unique(&["category_id", "organisation_id", "unit_id", "until_at"])
            .references(&["category_id"], "categories", &["id"])
            .references(&["organisation_id"], "organisations", &["id"])
            .references(&["unit_id"], "units", &["id"])
            .create(manager)
            .await?;
        TenantTable::new("case_progress", Reach::Own("account_id"))
            .column("id", "UUID")
            .column("account_id", "UUID")
            .column("case_id", "UUID")
            .column("number", "TEXT")
            .column("state", "TEXT")
            .column("at", "BIGINT")
            .column("version", "BIGINT")
            .key(&["id"])
            .references(&["account_id"], "accounts", &["id"])
            .references(&["case_id"], "cases", &["id"])
            .index(&["case_id", "at DESC", "id DESC"])
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
    let postgres = backend == DbBackend::Postgres;
    let (integer, bigint, text) =
        if postgres { ("integer", "bigint", "text COLLATE \"C\"") } else { ("INTEGER", "INTEGER", "TEXT") };
    let edges = ["west", "south", "east", "north"];
    let mut steps: Vec<String> =
        edges.iter().map(|edge| format!("ALTER TABLE grids ADD COLUMN {edge} {bigint} NULL")).collect();
    // The owner of a table is under its policies too, and they let it see nothing.
    if postgres {
        steps.push("ALTER TABLE grids NO FORCE ROW LEVEL SECURITY".to_owned());
        steps.push(BOXES_ON_POSTGRES.to_owned());
        steps.push("ALTER TABLE grids FORCE ROW LEVEL SECURITY".to_owned());
    } else {
        steps.push(BOXES_ON_SQLITE.to_owned());
    }
    steps.extend([
        "CREATE INDEX grids_box ON grids (tenant_id, west, east) WHERE west IS NOT NULL".to_owned(),
        format!("ALTER TABLE categories ADD COLUMN routing {text} NULL"),
        format!("ALTER TABLE categories ADD COLUMN similar_metres {integer} NULL"),
        format!("ALTER TABLE categories ADD COLUMN similar_hours {integer} NULL"),
        // Nobody remembers of what is there.
        format!("ALTER TABLE cases ADD COLUMN routing {text} NULL"),
        format!("ALTER TABLE cases ADD COLUMN retimed {integer} NOT NULL DEFAULT 0"),
        // Nobody followed before.
        format!("ALTER TABLE cases ADD COLUMN followers {text} NOT NULL DEFAULT '[]'"),
    ]);
    if postgres {
        // Whose access ended reads no longer. Nobody's had, so far.
        steps.extend(case_walls_anew());
    }
    steps
}

const BOXES_ON_POSTGRES: &str = "UPDATE grids SET west = b.west, south = b.south, east = b.east, north = b.north FROM ( \
     SELECT g.tenant_id, g.id, \
     trunc(min((p.value ->> 0)::float8) * 1000000)::bigint - 1 AS west, \
     trunc(min((p.value ->> 1)::float8) * 1000000)::bigint - 1 AS south, \
     trunc(max((p.value ->> 0)::float8) * 1000000)::bigint + 1 AS east, \
     trunc(max((p.value ->> 1)::float8) * 1000000)::bigint + 1 AS north \
     FROM grids g CROSS JOIN LATERAL jsonb_array_elements(g.boundary::jsonb -> 'coordinates' -> 0) AS p(value) \
     WHERE g.boundary IS NOT NULL GROUP BY g.tenant_id, g.id) b \
     WHERE grids.tenant_id = b.tenant_id AND grids.id = b.id";

const BOXES_ON_SQLITE: &str = "UPDATE grids SET \
     west = (SELECT CAST(min(json_extract(p.value, '$[0]')) * 1000000 AS INTEGER) - 1 \
     FROM json_each(grids.boundary, '$.coordinates[0]') AS p), \
     south = (SELECT CAST(min(json_extract(p.value, '$[1]')) * 1000000 AS INTEGER) - 1 \
     FROM json_each(grids.boundary, '$.coordinates[0]') AS p), \
     east = (SELECT CAST(max(json_extract(p.value, '$[0]')) * 1000000 AS INTEGER) + 1 \
     FROM json_each(grids.boundary, '$.coordinates[0]') AS p), \
     north = (SELECT CAST(max(json_extract(p.value, '$[1]')) * 1000000 AS INTEGER) + 1 \
     FROM json_each(grids.boundary, '$.coordinates[0]') AS p) \
     WHERE boundary IS NOT NULL";
