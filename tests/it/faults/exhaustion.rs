//! Every connection is taken and stays so: whoever comes is told within the time to wait for one, the
//! probes answer, and nothing is left over when they come free (R5). A server that is gone is the business
//! of `edge::database`.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Answer, Backend, Matter, SUPERUSER, Served, on_backends};
use futures::future::{join_all, try_join_all};
use serde_json::{Value, json};
use sqlx::Executor as _;

use super::{CATEGORY, GRID, open_transactions, until};

const READ: &str = "{ cases(first: 1) { nodes { id } } }";
/// What a busy machine adds to a time that is kept.
const SLACK: Duration = Duration::from_secs(2);
const CONNECTIONS: usize = 3;

/// An answer that says we are not available, after one second and not much more.
async fn refused_in_time(answer: impl Future<Output = anyhow::Result<Answer>>) -> anyhow::Result<()> {
    let begun = Instant::now();
    answer.await?.says_unavailable()?;
    let took = begun.elapsed();
    ensure!(took < Duration::from_secs(1) + SLACK, "told after {took:?}");
    Ok(())
}

/// The status of a probe.
async fn probe(served: &Served, name: &str) -> anyhow::Result<u16> {
    let answer = reqwest::get(format!("http://{}/{name}", served.address())).await?;
    Ok(answer.status().as_u16())
}

/// Waits until so many of the product's statements wait for a lock.
async fn stuck(served: &Served, wanted: usize) -> anyhow::Result<()> {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND usename = 'fengqiao_app' AND wait_event_type = 'Lock'";
    until("every connection is stuck", Duration::from_secs(10), async || {
        Ok(usize::try_from(served.world.number(sql).await?)? == wanted)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_finds_all_connections_stuck_is_told_in_time() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let served = Served::demo_with(backend, |settings| {
            settings.database.connections = u32::try_from(CONNECTIONS).unwrap_or(1);
            settings.database.acquire_timeout_seconds = 1;
        })
        .await?;
        let (resident, station) =
            (served.sign_in("xindi.resident@150302").await?, served.sign_in("xindi.station@150302").await?);
        let mut matter = Matter::report(&resident, GRID, CATEGORY).await?;
        station.run(READ, Value::Null).await?.data("cases")?;
        let pool = served.world.pool(SUPERUSER)?;
        let mut holder = pool.begin().await?;
        holder.execute("LOCK TABLE cases IN ACCESS EXCLUSIVE MODE").await?;
        let waiting = try_join_all((0..CONNECTIONS).map(|_| station.run(READ, Value::Null)));
        let meanwhile = async {
            stuck(&served, CONNECTIONS).await?;
            refused_in_time(station.run(READ, Value::Null)).await?;
            refused_in_time(matter.try_act(&station, "caseAccept", json!({}))).await?;
            served.anonymous().run("{ __typename }", Value::Null).await?.data("__typename")?;
            assert_eq!(probe(&served, "livez").await?, 200);
            assert_eq!(probe(&served, "readyz").await?, 503, "no connection is free");
            assert_eq!(probe(&served, "metrics").await?, 200);
            holder.rollback().await.context("letting go")
        };
        let (waited, meanwhile) = tokio::join!(waiting, meanwhile);
        meanwhile?;
        for answer in waited? {
            answer.data("cases")?;
        }
        until("every connection is back", Duration::from_secs(5), async || {
            Ok(served.app.services.db.idle_connections() == CONNECTIONS)
        })
        .await?;
        assert_eq!(open_transactions(&served).await?, 0);
        assert_eq!(probe(&served, "readyz").await?, 200);
        assert_eq!(matter.act(&station, "caseAccept", json!({})).await?, "ACCEPTED");
        assert_eq!(matter.version, 2, "what was refused had no effect");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_queues_for_a_held_sqlite_file_is_told_in_time() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Postgres {
            return Ok(());
        }
        let served = Served::demo_with(backend, |settings| {
            settings.database.lock_timeout_seconds = 1;
            settings.database.acquire_timeout_seconds = 1;
        })
        .await?;
        let (resident, station) =
            (served.sign_in("xindi.resident@150302").await?, served.sign_in("xindi.station@150302").await?);
        let mut matter = Matter::report(&resident, GRID, CATEGORY).await?;
        let mut holder = served.world.sqlite()?.acquire().await?;
        holder.execute("BEGIN IMMEDIATE").await?;
        let begun = Instant::now();
        for answer in join_all((0..5).map(|_| comment(&matter, &resident))).await {
            answer?.says_unavailable()?;
        }
        // The wait for the one writer, and then the wait of the writer itself.
        ensure!(begun.elapsed() < Duration::from_secs(2) + SLACK, "told after {:?}", begun.elapsed());
        assert_eq!(probe(&served, "readyz").await?, 200, "readers need no writer");
        station.run(READ, Value::Null).await?.data("cases")?;
        holder.execute("ROLLBACK").await?;
        assert_eq!(matter.act(&station, "caseAccept", json!({})).await?, "ACCEPTED");
        assert_eq!(matter.version, 2, "what was refused had no effect");
        Ok(())
    })
    .await
}

async fn comment(matter: &Matter, by: &Actor) -> anyhow::Result<Answer> {
    matter.try_act(by, "caseComment", json!({"text": "在吗", "audience": "EVERYONE"})).await
}
