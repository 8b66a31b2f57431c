//! What breaks while the product works: the process, the database, the road to it, a client. Nothing that
//! was acknowledged is lost or doubled, nothing stays open, and whoever asks is told clearly and in time.
//!
//! | requirement | held by |
//! | --- | --- |
//! | R1, a write acknowledged is there once | [`kill`] on both databases, [`restart`] for a crash of PostgreSQL |
//! | R1, SQLite's pragmas in force | `kill::what_sqlite_acknowledges_is_on_its_disk` |
//! | R1 and H4, one effect of one key on two nodes | [`nodes`] |
//! | R1, a batch of operations that breaks off | [`field`] |
//! | R5, clear and quick when all connections are taken | [`exhaustion`]; on a gone server `edge::database` |
//! | R6, a request that is dropped leaves nothing | `tenancy::cancel` for every poll of a use case, [`gone`] for a client over HTTP |
//! | R7, of the database: acquiring, statement, lock, idle in a transaction | [`timeouts`], [`stall`] |
//! | R7, of Redis | [`shared`], `redis::away` |
//! | R7, of receivers of webhooks | [`receivers`] |
//! | R7, of clients: head, body, a reader who does not read | `api/tests/edge/limits.rs` and `api/src/http/stall.rs` for the edge alone, [`slow`] for what they hold in the database |
//!
//! Everything is sampled here so that it goes with every run of the tests; `tests/soak/run` takes more of
//! it. What is by chance comes from a fixed seed, `FENGQIAO_FAULTS_SEED` names another.

mod exhaustion;
mod field;
mod gone;
mod kill;
pub(crate) mod ledger;
pub(crate) mod load;
mod nodes;
mod receivers;
mod report;
mod restart;
mod shared;
mod slow;
mod stall;
mod timeouts;

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fengqiao_tests::{SUPERUSER, Served};

/// The first grid of 新地村.
const GRID: &str = "150302101203001";
/// 供水供电供气.
const CATEGORY: &str = "1105";

/// How much of a fault there is: `usual` in every run, more where `variable` says so.
#[expect(clippy::disallowed_methods, reason = "a test run is steered by its environment")]
pub(crate) fn steered(variable: &str, usual: u64) -> anyhow::Result<u64> {
    match std::env::var(variable).ok().filter(|text| !text.is_empty()) {
        Some(text) => text.parse().with_context(|| format!("{variable}={text}")),
        None => Ok(usual),
    }
}

/// The seed of everything that is by chance.
pub(crate) fn seed() -> anyhow::Result<u64> {
    steered("FENGQIAO_FAULTS_SEED", 20_261_128)
}

/// Waits until something is so, at most so long.
pub(crate) async fn until(
    what: &str,
    within: Duration,
    mut so: impl AsyncFnMut() -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    let begun = Instant::now();
    while !so().await? {
        ensure!(begun.elapsed() < within, "not so within {within:?}: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// Transactions of the product that are open in PostgreSQL.
async fn open_transactions(served: &Served) -> anyhow::Result<i64> {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND usename = 'fengqiao_app' AND (xact_start IS NOT NULL OR state <> 'idle')";
    let pool = served.world.pool(SUPERUSER)?;
    Ok(sqlx::query_scalar(sql).fetch_one(&pool).await?)
}
