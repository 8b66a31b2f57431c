//! The times that PostgreSQL keeps for us: a statement and a wait for a lock end when they should, with the
//! code that says what the caller can do (R7). SQLite has the wait for a lock alone, see `exhaustion`.

use std::time::{Duration, Instant};

use anyhow::ensure;
use fengqiao_tests::{Actor, Answer, Backend, Matter, SUPERUSER, Served, mutation, on_backends};
use serde_json::{Value, json};
use sqlx::Executor as _;

use super::{CATEGORY, GRID, open_transactions, until};

const READ: &str = "{ cases(first: 1) { nodes { id } } }";
/// What is set for the time under test.
const SET: Duration = Duration::from_secs(1);

/// An answer that took the time that is set: not a fifth less, and not much more on a busy machine.
async fn after_the_time(answer: impl Future<Output = anyhow::Result<Answer>>) -> anyhow::Result<Answer> {
    let begun = Instant::now();
    let answer = answer.await?;
    let took = begun.elapsed();
    ensure!(took > SET.mul_f64(0.8) && took < SET * 3, "{took:?}: {}", answer.text);
    Ok(answer)
}

async fn keyed(matter: &Matter, by: &Actor, key: &str) -> anyhow::Result<Answer> {
    let document = mutation("caseAccept", "case { version } userErrors { code }");
    let input = matter.input("caseAccept", &json!({}));
    by.run_with(&document, json!({"input": input}), &[("idempotency-key", key)]).await
}

async fn nothing_stays_open(served: &Served) -> anyhow::Result<()> {
    until("nothing is open", Duration::from_secs(5), async || Ok(open_transactions(served).await? == 0)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_takes_too_long_is_a_timeout() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let served = Served::demo_with(backend, |settings| {
            settings.database.statement_timeout_seconds = SET.as_secs();
        })
        .await?;
        let (resident, station) =
            (served.sign_in("xindi.resident@150302").await?, served.sign_in("xindi.station@150302").await?);
        let matter = Matter::report(&resident, GRID, CATEGORY).await?;
        station.run(READ, Value::Null).await?.data("cases")?;
        let pool = served.world.pool(SUPERUSER)?;
        let mut holder = pool.begin().await?;
        holder.execute("LOCK TABLE cases, role_grants IN ACCESS EXCLUSIVE MODE").await?;
        after_the_time(station.run(READ, Value::Null)).await?.says_timeout()?;
        after_the_time(keyed(&matter, &station, "slow")).await?.says_timeout()?;
        // The grants are remembered no longer: nobody is turned away for want of a quick answer.
        served.pass_seconds(10);
        after_the_time(station.run(READ, Value::Null)).await?.says_unavailable()?;
        holder.rollback().await?;
        nothing_stays_open(&served).await?;
        assert_eq!(keyed(&matter, &station, "slow").await?.payload()?["case"]["version"], 2);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_somebody_holds_is_unavailable_and_no_other_is() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let served = Served::demo_with(backend, |settings| {
            settings.database.lock_timeout_seconds = SET.as_secs();
        })
        .await?;
        let (resident, station) =
            (served.sign_in("xindi.resident@150302").await?, served.sign_in("xindi.station@150302").await?);
        let held = Matter::report(&resident, GRID, CATEGORY).await?;
        let free = Matter::report(&resident, GRID, CATEGORY).await?;
        let pool = served.world.pool(SUPERUSER)?;
        let mut holder = pool.begin().await?;
        let sql = "SELECT id FROM cases WHERE number = $1 FOR UPDATE";
        sqlx::query(sql).bind(&held.number).fetch_one(&mut *holder).await?;
        after_the_time(keyed(&held, &station, "held")).await?.says_unavailable()?;
        assert_eq!(keyed(&free, &station, "free").await?.payload()?["case"]["version"], 2);
        assert_eq!(held.read(&station, "version").await?["version"], 1, "it can be read");
        holder.rollback().await?;
        nothing_stays_open(&served).await?;
        for _ in 0..2 {
            assert_eq!(keyed(&held, &station, "held").await?.payload()?["case"]["version"], 2);
        }
        Ok(())
    })
    .await
}
