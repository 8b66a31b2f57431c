//! A case knows whether it was on time and how often it was reworked, what was filled in of its evaluation and until when
//! it can be, and the return visits that were made; samples of closed cases, and what was found of each.
//!
//! What was closed before is judged by what is there: the last result that was reported, against the due time that the case
//! was closed with. A case that was not closed is judged when it is. No programme said before what counts, so that sending
//! back and opening again are what made a case reworked.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::ddl::{Reach, TenantTable};

/// See the module.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const REWORKS: &str = "UPDATE cases SET reworks = (SELECT count(*) FROM case_entries e \
     WHERE e.tenant_id = cases.tenant_id AND e.case_id = cases.id AND e.act IN ('send_back', 'reopen')) \
     WHERE EXISTS (SELECT 1 FROM case_entries e WHERE e.tenant_id = cases.tenant_id AND e.case_id = cases.id \
     AND e.act IN ('send_back', 'reopen'))";
const JUDGED: &str = "UPDATE cases SET judged_at = (SELECT max(e.at) FROM case_entries e \
     WHERE e.tenant_id = cases.tenant_id AND e.case_id = cases.id AND e.act = 'complete') \
     WHERE state = 'closed' AND limit_amount IS NOT NULL";
const ON_TIME: &str = "UPDATE cases SET on_time = (judged_at <= due_at) WHERE judged_at IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for sql in steps(manager.get_database_backend()) {
            connection.execute_unprepared(&sql).await?;
        }
        samples(manager).await
    }
}

async fn samples(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    TenantTable::new("case_samples", Reach::StaffOrOwn("drawn_by"))
        .column("id", "UUID")
        .column("name", "TEXT")
        .column("unit_id", "UUID")
        .nullable("town_id", "UUID")
        .nullable("village_id", "UUID")
        .nullable("category_id", "UUID")
        .nullable("programme_key", "TEXT")
        .nullable("closed_from", "TEXT")
        .nullable("closed_until", "TEXT")
        .column("population", "BIGINT")
        .column("size", "INTEGER")
        .column("seed", "TEXT")
        .column("checked", "INTEGER")
        .column("passed", "INTEGER")
        .column("drawn_at", "BIGINT")
        .nullable("drawn_by", "UUID")
        .key(&["id"])
        .references(&["unit_id"], "units", &["id"])
        .references(&["category_id"], "categories", &["id"])
        .references(&["drawn_by"], "accounts", &["id"])
        .index(&["drawn_at DESC", "id DESC"])
        .check("size BETWEEN 1 AND 500 AND checked BETWEEN 0 AND size AND passed BETWEEN 0 AND checked")
        .create(manager)
        .await?;
    TenantTable::new("case_sample_items", Reach::OfCase("case_id", "audience"))
        .column("id", "UUID")
        .column("sample_id", "UUID")
        .column("case_id", "UUID")
        .column("position", "BIGINT")
        .nullable("finding", "TEXT")
        .nullable("note", "BYTES")
        .nullable("checked_by", "UUID")
        .nullable("checked_at", "BIGINT")
        .column("audience", "INTEGER")
        .key(&["id"])
        .unique(&["sample_id", "case_id"])
        .unique(&["sample_id", "position"])
        .references(&["sample_id"], "case_samples", &["id"])
        .references(&["case_id"], "cases", &["id"])
        .references(&["checked_by"], "accounts", &["id"])
        .check("finding IN ('passed', 'failed')")
        .create(manager)
        .await
}

fn steps(backend: DbBackend) -> Vec<String> {
    let postgres = backend == DbBackend::Postgres;
    let (integer, bigint, text, boolean) = if postgres {
        ("integer", "bigint", "text COLLATE \"C\"", "boolean")
    } else {
        ("INTEGER", "INTEGER", "TEXT", "INTEGER")
    };
    let mut steps = vec![
        format!("ALTER TABLE cases ADD COLUMN on_time {boolean} NULL"),
        format!("ALTER TABLE cases ADD COLUMN judged_at {bigint} NULL"),
        format!("ALTER TABLE cases ADD COLUMN reworks {integer} NOT NULL DEFAULT 0 CHECK (reworks >= 0)"),
        format!("ALTER TABLE cases ADD COLUMN evaluation_form {text} NULL"),
        format!("ALTER TABLE cases ADD COLUMN evaluable_until {bigint} NULL"),
        format!("ALTER TABLE cases ADD COLUMN return_visits {text} NOT NULL DEFAULT '[]'"),
        format!("ALTER TABLE cases ADD COLUMN visited_at {bigint} NULL"),
    ];
    let tables = ["cases", "case_entries"];
    // The owner of a table is under its policies too, and they let it see nothing.
    if postgres {
        steps.extend(tables.map(|table| format!("ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")));
    }
    steps.extend([REWORKS, JUDGED, ON_TIME].map(str::to_owned));
    if postgres {
        steps.extend(tables.map(|table| format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY")));
    }
    // Most cases are open or on time, few are reworked or asked about: the indexes hold what lists are made of.
    steps.extend(
        [
            "CREATE INDEX cases_on_time ON cases (tenant_id, on_time, opened_at DESC, id DESC) \
             WHERE on_time IS NOT NULL",
            "CREATE INDEX cases_reworked ON cases (tenant_id, opened_at DESC, id DESC) WHERE reworks > 0",
            "CREATE INDEX cases_closed ON cases (tenant_id, closed_at) WHERE closed_at IS NOT NULL",
            "CREATE INDEX cases_visited ON cases (tenant_id, opened_at DESC, id DESC) WHERE visited_at IS NOT NULL",
        ]
        .map(str::to_owned),
    );
    steps
}
