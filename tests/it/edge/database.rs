//! The database goes away, or is held by somebody else: said at once, nothing half-written, and all is
//! well when it is back.

use std::time::{Duration, Instant};

use anyhow::ensure;
use fengqiao_tests::{Actor, Answer, Backend, Line, Matter, Served, on_backends};
use serde_json::{Value, json};
use sqlx::Executor as _;

const READ: &str = "{ cases(first: 1) { nodes { id } } }";

/// An answer, and that it came within three seconds and a little of a busy machine.
async fn soon(answer: impl Future<Output = anyhow::Result<Answer>>) -> anyhow::Result<Answer> {
    let begun = Instant::now();
    let answer = answer.await?;
    ensure!(begun.elapsed() < Duration::from_millis(3_500), "{:?}: {}", begun.elapsed(), answer.text);
    Ok(answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_postgres_it_says_so_and_recovers_by_itself() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let mut line = None;
        let served = cut_able(backend, &mut line).await?;
        let Some(mut line) = line else { return Ok(()) };
        let (resident, station) =
            (served.sign_in("xindi.resident@150302").await?, served.sign_in("xindi.station@150302").await?);
        let mut matter = Matter::report(&resident, "150302101203001", "1105").await?;
        station.run(READ, Value::Null).await?.data("cases")?;
        line.cut().await;
        soon(station.run(READ, Value::Null)).await?.says_unavailable()?;
        soon(matter.try_act(&station, "caseAccept", json!({}))).await?.says_unavailable()?;
        // The grants are remembered no longer; the caller cannot be known.
        served.pass_seconds(10);
        soon(station.run(READ, Value::Null)).await?.says_unavailable()?;
        let anonymous = served.anonymous();
        let input = json!({"account": "xindi.worker@150302", "password": fengqiao_api::demo::PASSWORD});
        soon(anonymous.mutate("sessionCreate", "userErrors { code }", input)).await?.says_unavailable()?;
        line.mend().await?;
        recovered(&station).await?;
        assert_eq!(matter.act(&station, "caseAccept", json!({})).await?, "ACCEPTED");
        assert_eq!(matter.version, 2, "the act that found no database had no effect");
        Ok(())
    })
    .await
}

/// The demo behind a line, under the patience that operators get.
async fn cut_able(backend: Backend, line: &mut Option<Line>) -> anyhow::Result<Served> {
    let world = fengqiao_tests::demo_world(backend).await?;
    let (url, worker_url) = world.urls()?;
    let worker_url = worker_url.unwrap_or_default();
    let made = Line::to(&url).await?;
    let (url, worker_url) = (made.through(&url)?, made.through(&worker_url)?);
    *line = Some(made);
    Served::over(world, move |settings| {
        settings.database.url = url;
        settings.database.worker_url = worker_url;
        settings.database.acquire_timeout_seconds = 2;
    })
    .await
}

/// It answers again within some seconds, without anybody's help.
async fn recovered(actor: &Actor) -> anyhow::Result<()> {
    let begun = Instant::now();
    loop {
        let answer = actor.run(READ, Value::Null).await?;
        if answer.status == 200 {
            return answer.data("cases").map(drop);
        }
        answer.says_unavailable()?;
        ensure!(begun.elapsed() < Duration::from_secs(5), "still {}", answer.text);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_sqlite_file_is_read_and_says_that_it_cannot_be_written() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Postgres {
            return Ok(());
        }
        let served = Served::demo_with(backend, |settings| {
            settings.database.lock_timeout_seconds = 1;
            settings.database.acquire_timeout_seconds = 2;
        })
        .await?;
        let (resident, station) =
            (served.sign_in("xindi.resident@150302").await?, served.sign_in("xindi.station@150302").await?);
        let mut matter = Matter::report(&resident, "150302101203001", "1105").await?;
        let mut holder = served.world.sqlite()?.acquire().await?;
        holder.execute("BEGIN IMMEDIATE").await?;
        let rows = served.world.rows("case_entries").await?;
        soon(matter.try_act(&station, "caseAccept", json!({}))).await?.says_unavailable()?;
        station.run(READ, Value::Null).await?.data("cases")?;
        assert_eq!(served.world.rows("case_entries").await?, rows, "nothing is half-written");
        assert_eq!(matter.read(&station, "state version").await?, json!({"state": "REPORTED", "version": 1}));
        holder.execute("ROLLBACK").await?;
        assert_eq!(matter.act(&station, "caseAccept", json!({})).await?, "ACCEPTED");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_sqlite_disk_is_read_and_says_that_it_cannot_be_written() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Postgres {
            return Ok(());
        }
        let served = Served::demo(backend).await?;
        let (resident, station) =
            (served.sign_in("xindi.resident@150302").await?, served.sign_in("xindi.station@150302").await?);
        let mut matter = Matter::report(&resident, "150302101203001", "1105").await?;
        served.app.services.db.stop_growth().await?;
        // Pages in use have room for some more rows: comments until there is none.
        let comment = json!({"text": "满".repeat(900), "audience": "EVERYONE"});
        let tables = ["cases", "case_entries", "outbox_events", "audit_entries"];
        loop {
            let mut before = vec![];
            for table in tables {
                before.push(served.world.rows(table).await?);
            }
            let answer = matter.try_act(&station, "caseComment", comment.clone()).await?;
            if answer.payload().is_ok() {
                matter.version += 1;
                continue;
            }
            answer.says_unavailable()?;
            for (table, rows) in tables.into_iter().zip(before) {
                assert_eq!(served.world.rows(table).await?, rows, "nothing is half-written to {table}");
            }
            break;
        }
        station.run(READ, Value::Null).await?.data("cases")?;
        // The limit went with the connection that met it, as if there were room again.
        assert_eq!(matter.act(&station, "caseAccept", json!({})).await?, "ACCEPTED");
        Ok(())
    })
    .await
}
