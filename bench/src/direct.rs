//! The statements of Q1 run directly through the SQLite library: what a server could answer at most. They are the
//! product's, with its predicates; what the product remembers of standing tables is not asked for here either.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _};
use uuid::Uuid;

use crate::chance::Chance;

/// What a dispatcher of the town `?2` with the account `?3` reads of the tenant `?1`.
const REACH: &str = "((cases.sensitivity = 0 AND cases.town_id = ?2) OR (cases.sensitivity <= 1 AND cases.town_id = ?2) \
     OR EXISTS (SELECT 1 FROM case_access a WHERE a.tenant_id = cases.tenant_id AND a.case_id = cases.id \
     AND a.principal_id IN (?2, ?3)))";
/// Cases of a page, and one more to know whether there are others.
const PAGE: usize = 20;
const GRANTS: &str = "revoked_at IS NULL AND since_at <= 4000000000000000 AND until_at > 4000000000000000 AND role IN \
     ('system_administrator', 'town_dispatcher', 'station_chief', 'grid_chief', 'full_time_worker')";

/// A town with the tenant and the account of its dispatcher.
#[derive(Clone, Copy, Debug)]
struct Town {
    id: Uuid,
    tenant: Uuid,
    account: Uuid,
}

/// Runs Q1 for some seconds over some connections, and prints requests, seconds, p50 and p99 in microseconds.
pub(crate) async fn run(file: &Path, towns: &Path, clients: usize, seconds: u64) -> anyhow::Result<()> {
    let towns: Vec<Town> = fs::read_to_string(towns)?.lines().map(town).collect::<anyhow::Result<_>>()?;
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let most = u32::try_from(clients)?;
    let pool = SqlitePoolOptions::new()
        .max_connections(most)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    let begun = Instant::now();
    let until = begun + Duration::from_secs(seconds);
    let mut workers = tokio::task::JoinSet::new();
    for seed in 0..clients {
        let (pool, towns, chance) = (pool.clone(), towns.clone(), Chance::new(u64::try_from(seed)?));
        workers.spawn(client(pool, towns, chance, until));
    }
    let mut spans = vec![];
    while let Some(worker) = workers.join_next().await {
        spans.extend(worker??);
    }
    let elapsed = begun.elapsed().as_secs_f64();
    spans.sort_unstable();
    let at = |hundredths: usize| spans.get(spans.len() * hundredths / 100).map_or(0, Duration::as_micros);
    println!("RESULT {} {elapsed:.3} {} {}", spans.len(), at(50), at(99));
    Ok(())
}

fn town(line: &str) -> anyhow::Result<Town> {
    let mut cells = line.split('\t').skip(1);
    let mut id = || -> anyhow::Result<Uuid> {
        Ok(cells.next().context("a town's line")?.trim_start_matches("unit_").parse()?)
    };
    Ok(Town { id: id()?, tenant: id()?, account: id()? })
}

async fn client(
    pool: SqlitePool,
    towns: Vec<Town>,
    mut chance: Chance,
    until: Instant,
) -> anyhow::Result<Vec<Duration>> {
    let mut spans = vec![];
    while Instant::now() < until {
        let begun = Instant::now();
        page(&pool, *chance.pick(&towns).context("no towns")?).await?;
        spans.push(begun.elapsed());
    }
    Ok(spans)
}

/// One page in one transaction.
async fn page(pool: &SqlitePool, town: Town) -> anyhow::Result<()> {
    let mut tx = pool.begin().await?;
    let sql = format!(
        "SELECT * FROM cases WHERE tenant_id = ?1 AND {REACH} AND town_id = ?2 ORDER BY opened_at DESC, id DESC LIMIT {}",
        PAGE + 1
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(town.tenant).bind(town.id).bind(town.account);
    let mut cases: Vec<SqliteRow> = query.fetch_all(&mut *tx).await?;
    cases.truncate(PAGE);
    let ids: Vec<Uuid> = cases.iter().map(|row| row.try_get("id")).collect::<Result<_, _>>()?;
    let sql = format!(
        "SELECT * FROM case_entries WHERE tenant_id = ?1 AND EXISTS (SELECT 1 FROM cases \
         WHERE cases.tenant_id = case_entries.tenant_id AND cases.id = case_entries.case_id AND {REACH}) \
         AND case_id IN ({}) AND version > 0 ORDER BY version",
        placeholders(4, ids.len())
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(town.tenant).bind(town.id).bind(town.account);
    let query = padded(&ids).into_iter().fold(query, sqlx::query::Query::bind);
    let entries = query.fetch_all(&mut *tx).await?;
    ensure!(entries.len() >= ids.len(), "{} entries of {} cases", entries.len(), ids.len());
    let accounts = assigned(&cases)?;
    for (table, column, and) in [("accounts", "id", "1"), ("role_grants", "account_id", GRANTS)] {
        let holes = placeholders(2, accounts.len());
        let sql = format!("SELECT * FROM {table} WHERE tenant_id = ?1 AND {column} IN ({holes}) AND {and}");
        let query = sqlx::query(AssertSqlSafe(sql)).bind(town.tenant);
        padded(&accounts).into_iter().fold(query, sqlx::query::Query::bind).fetch_all(&mut *tx).await?;
    }
    tx.rollback().await?;
    Ok(())
}

/// The accounts that cases lie with.
fn assigned(cases: &[SqliteRow]) -> anyhow::Result<Vec<Uuid>> {
    let mut accounts = vec![];
    for row in cases {
        if row.try_get::<String, _>("assignee_kind")? == "account" {
            accounts.push(row.try_get("assignee_id")?);
        }
    }
    Ok(accounts)
}

/// As the product does it: filled up to a power of two.
fn padded(ids: &[Uuid]) -> Vec<Uuid> {
    let mut ids = ids.to_vec();
    if let Some(last) = ids.last().copied() {
        ids.resize(ids.len().next_power_of_two(), last);
    }
    ids
}

fn placeholders(first: usize, number: usize) -> String {
    let number = if number == 0 { 0 } else { number.next_power_of_two() };
    (first..first + number).map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ")
}
