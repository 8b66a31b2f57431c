//! What is found by a blind index: however it is written, by that index, and telling of nothing but that two of one column of one district
//! are equal (requirement P2).

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::id::TenantId;
use fengqiao_domain::kernel::meter::{Explained, Meter};
use fengqiao_domain::kernel::vault::{Cell, Vault};
use fengqiao_entity::value::SealedBytes;
use fengqiao_tests::{Backend, SUPERUSER, World, on_backends};
use serde_json::json;
use sqlx::AssertSqlSafe;
use sqlx::types::Uuid;

use crate::sweep::stage::Stage;

/// The telephone of `resident`, as people write it.
const WRITTEN: [&str; 8] = [
    "13800001000",
    " 138 0000 1000 ",
    "138-0000-1000",
    "+86 138 0000 1000",
    "+8613800001000",
    "008613800001000",
    "１３８００００１０００",
    "＋８６（138）00001000",
];

/// Where telephone numbers are looked up: the table, the field, and the index.
const LOOKED_UP: [(&str, &str, &str); 2] =
    [("accounts", "accounts", "accounts_1"), ("staff_members", "staffMembers", "staff_members_2")];

/// Rows of a table in the district, with numbers that nobody asks for: so many that a planner has reason to choose.
fn many(backend: Backend, table: &str) -> String {
    let (numbers, id, index, one) = match backend {
        Backend::Sqlite => (
            "(WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 12000) SELECT n FROM numbers)",
            "randomblob(16)",
            "randomblob(16)",
            "x'01'",
        ),
        Backend::Postgres => (
            "(SELECT n FROM generate_series(1, 12000) AS g (n))",
            "gen_random_uuid()",
            "decode(md5(m.n::text), 'hex')",
            "'\\x01'::bytea",
        ),
    };
    let (columns, values) = match table {
        "accounts" => ("login, state, sessions_from", "'many' || m.n, 'active', 0"),
        _ => ("code, state, unit_id", "'many' || m.n, 'serving', u.id"),
    };
    format!(
        "INSERT INTO {table} (tenant_id, id, name, phone, phone_blind, created_at, version, {columns}) \
         SELECT u.tenant_id, {id}, {one}, {one}, {index}, 0, 1, {values} FROM units u CROSS JOIN {numbers} m WHERE u.code = '150302'"
    )
}

/// Whether a plan finds its rows by an index of the tenant and the blind index.
fn is_by(explained: &Explained, index: &str, backend: Backend) -> bool {
    let says = |line: &String| match backend {
        Backend::Sqlite => line.contains(&format!("USING INDEX {index} (tenant_id=? AND phone_blind=?)")),
        Backend::Postgres => {
            line.contains(&format!("Scan using {index} on"))
                || line.contains(&format!("Index Scan on {index} "))
        }
    };
    explained.plan.iter().any(says)
}

/// The statements that look for a number, as the database explains them.
async fn explained(stage: &Stage, field: &str) -> anyhow::Result<Vec<Explained>> {
    let kind = if field == "accounts" { "Account" } else { "StaffMember" };
    let document = format!(
        "query($filter: {kind}Filter) {{ {field}(filter: $filter) {{ totalCount nodes {{ id }} }} }}"
    );
    let scope = stage.scope(0, "system").await?;
    let meter = Meter::explaining();
    let filter = json!({"filter": {"phone": WRITTEN[3]}});
    let answer = stage.schema.execute(stage.metered(&scope, &document, &filter, &meter)).await;
    ensure!(answer.errors.is_empty(), "{:?}", answer.errors);
    Ok(meter.plans().into_iter().filter(|explained| explained.sql.contains("\"phone_blind\" ")).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_looked_up_by_its_index() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        for (table, field, index) in LOOKED_UP {
            stage.world.run_sql(&many(backend, table)).await?;
            if backend == Backend::Postgres {
                stage.world.run_sql(&format!("ANALYZE {table}")).await?;
            }
            let found = explained(&stage, field).await?;
            let searches: Vec<&Explained> =
                found.iter().filter(|explained| explained.sql.contains("\"phone_blind\" =")).collect();
            ensure!(!searches.is_empty(), "{found:?}");
            for explained in searches {
                ensure!(is_by(explained, index, backend), "{explained:?}");
            }
            // The index is what does it: without one the table is read.
            stage.world.run_sql(&format!("DROP INDEX {index}")).await?;
            let found = explained(&stage, field).await?;
            ensure!(found.iter().all(|explained| !is_by(explained, index, backend)), "{found:?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn however_a_number_is_written_it_is_found() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let ask = "query($filter: AccountFilter) { accounts(filter: $filter) { nodes { login } } }";
        let whole = json!([{"login": "resident"}]);
        let found = async |side: usize, phone: &str| {
            let scope = stage.scope(side, "system").await?;
            let answer = stage.ask(&scope, ask, &json!({"filter": {"phone": phone}})).await?;
            anyhow::Ok(answer["data"]["accounts"]["nodes"].clone())
        };
        for (number, phone) in WRITTEN.into_iter().enumerate() {
            assert_eq!(found(number % 2, phone).await?, whole, "{phone}");
        }
        // Not by a part of it, nor by another one.
        for phone in ["3800001000", "1380000100", "138000010000", "00001000"] {
            assert_eq!(found(0, phone).await?, json!([]), "{phone}");
        }
        Ok(())
    })
    .await
}

/// Whose it is, the value sealed, and its index.
type Row = (Uuid, Uuid, Vec<u8>, Vec<u8>);

async fn rows(world: &World, table: &str) -> anyhow::Result<Vec<Row>> {
    let sql = format!(
        "SELECT tenant_id, id, phone, phone_blind FROM {table} WHERE phone IS NOT NULL ORDER BY 1, 2"
    );
    let sql = AssertSqlSafe(sql);
    Ok(match world.sqlite() {
        Ok(pool) => sqlx::query_as(sql).fetch_all(&pool).await?,
        Err(_) => sqlx::query_as(sql).fetch_all(&world.pool(SUPERUSER)?).await?,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_tells_that_two_of_one_column_are_equal_and_nothing_else() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        // The same number in both tables and in both districts.
        let vault = Vault::for_tests();
        let mut known: BTreeSet<Vec<u8>> = BTreeSet::new();
        let mut repeated = 0;
        for (table, ..) in LOOKED_UP {
            // By district: the index of each number, and the number of each index.
            let mut numbers: BTreeMap<(Uuid, String), BTreeSet<Vec<u8>>> = BTreeMap::new();
            let mut indexes: BTreeMap<Vec<u8>, BTreeSet<(Uuid, String)>> = BTreeMap::new();
            let rows = rows(&stage.world, table).await?;
            ensure!(rows.len() >= 4, "{table} has {} numbers", rows.len());
            for (tenant, row, sealed, index) in &rows {
                let cell = Cell { tenant: TenantId::from_uuid(*tenant), table, column: "phone", row: *row };
                let number = vault.open_sealed(&cell, &SealedBytes(sealed.clone()))?;
                numbers.entry((*tenant, number.clone())).or_default().insert(index.clone());
                indexes.entry(index.clone()).or_default().insert((*tenant, number));
            }
            ensure!(
                numbers.values().all(|indexes| indexes.len() == 1),
                "{table}: one number has two indexes"
            );
            ensure!(
                indexes.values().all(|numbers| numbers.len() == 1),
                "{table}: two numbers have one index"
            );
            let both: BTreeSet<&String> = numbers.keys().map(|(_, number)| number).collect();
            ensure!(both.len() * 2 == numbers.len(), "{table}: the districts do not have the same numbers");
            repeated += rows.len() - indexes.len();
            for index in indexes.into_keys() {
                ensure!(known.insert(index), "{table}: an index of another column");
            }
        }
        ensure!(repeated > 0, "no number is there twice");
        let accounts = rows(&stage.world, "accounts").await?;
        let (tenant, .., index) = accounts.first().context("an account")?;
        for (table, column) in [("staff_members", "phone"), ("accounts", "name")] {
            let other = vault.blind(TenantId::from_uuid(*tenant), table, column, WRITTEN[0])?;
            ensure!(other.0 != *index, "{table}.{column}");
        }
        Ok(())
    })
    .await
}
