//! The road to PostgreSQL falls silent after so many bytes: given up in time, nothing half done, and what is
//! dead for ever is replaced (R6, R7).

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fengqiao_api::config::Settings;
use fengqiao_api::http::Seconds;
use fengqiao_tests::{Answer, Backend, Dam, Served, demo_world, on_backends};
use futures::future::try_join_all;
use serde_json::Value;

use super::report::Report;
use super::{open_transactions, until};

/// For the request as a whole, and for a statement and a connection.
const SET: Duration = Duration::from_secs(1);
/// What a busy machine adds to a time that is kept.
const SLACK: Duration = Duration::from_secs(2);

/// The demo with a dam before its PostgreSQL. The relay goes past it, so that the bytes are those of requests.
async fn dammed(backend: Backend, adjust: impl FnOnce(&mut Settings)) -> anyhow::Result<(Served, Dam)> {
    let world = demo_world(backend).await?;
    let (url, _) = world.urls()?;
    let dam = Dam::to(&url).await?;
    let url = dam.through(&url)?;
    let served = Served::over(world, move |settings| {
        settings.database.url = url;
        settings.database.connections = 2;
        settings.database.acquire_timeout_seconds = SET.as_secs();
        settings.database.statement_timeout_seconds = SET.as_secs();
        settings.edge.request.deadline_seconds = Seconds::whole(SET.as_secs());
        adjust(settings);
    })
    .await?;
    Ok((served, dam))
}

/// An answer within the time that is set.
async fn in_time(answer: impl Future<Output = anyhow::Result<Answer>>) -> anyhow::Result<Answer> {
    let begun = Instant::now();
    let answer = answer.await?;
    ensure!(begun.elapsed() < SET + SLACK, "{:?}: {}", begun.elapsed(), answer.text);
    Ok(answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_hears_nothing_is_a_timeout_and_happens_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let (served, dam) = dammed(backend, |_| {}).await?;
        let report = Report::by(&served, "xindi.resident@150302").await?;
        let usual = report.usual_bytes(&served, &dam).await?;
        for tenth in [0, 2, 4, 6, 8, 9] {
            let key = format!("stalled-{tenth}");
            report.settled(&served).await?;
            dam.close_after(usual * tenth / 10);
            let answer = in_time(report.send(&key)).await?;
            answer.says_timeout().or_else(|_| answer.says_unavailable()).with_context(|| key.clone())?;
            dam.open();
            report.settled(&served).await?;
            report.whole(&served, &key).await?;
            report.again(&served, &key).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_greets_is_unavailable() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let patient = |settings: &mut Settings| settings.edge.request.deadline_seconds = Seconds::whole(10);
        let (served, dam) = dammed(backend, patient).await?;
        // The first bytes of a greeting, and then within the parameters that follow.
        for bytes in [0, 1, 60] {
            dam.close_after(bytes);
            let stranger = served.anonymous();
            let input = serde_json::json!({"account": "xindi.worker@150302", "password": "anything"});
            let answer = in_time(stranger.mutate("sessionCreate", "userErrors { code }", input)).await?;
            answer.says_unavailable().with_context(|| format!("after {bytes} bytes"))?;
        }
        dam.open();
        let worker = served.sign_in("xindi.worker@150302").await?;
        worker.run("{ cases(first: 1) { nodes { id } } }", Value::Null).await?.data("cases")?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_a_firewall_forgot_are_replaced() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let (served, dam) = dammed(backend, |_| {}).await?;
        let report = Report::by(&served, "xindi.resident@150302").await?;
        let usual = report.usual_bytes(&served, &dam).await?;
        report.settled(&served).await?;
        // Both connections are in the midst of a write when the road falls silent: half the bytes of one are enough
        // for none, even when one comes after the other.
        dam.close_after(usual / 2);
        let keys = ["forgotten-1", "forgotten-2"];
        for answer in try_join_all(keys.map(|key| report.send(key))).await? {
            // A connection that lay idle for a second is asked first, and that question can meet the silence too.
            if answer.says_timeout().is_err() {
                answer.says_unavailable()?;
            }
        }
        let silent = Instant::now();
        dam.forget();
        // Nobody ever says that they are dead; the pool may not wait for that.
        until("a new connection answers", SET * 2 + SLACK, async || {
            let answer = in_time(report.read()).await?;
            Ok(answer.status == 200)
        })
        .await?;
        // The server ends by itself what hangs in a transaction.
        until("nothing hangs in the server", Duration::from_secs(10) + SLACK * 2, async || {
            Ok(open_transactions(&served).await? == 0)
        })
        .await?;
        println!("nothing hung after {:?}", silent.elapsed());
        for key in keys {
            report.whole(&served, key).await?;
            report.again(&served, key).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_relay_leaves_a_connection_that_a_firewall_forgot() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let world = demo_world(backend).await?;
        let worker_url = world.urls()?.1.context("a worker")?;
        let dam = Dam::to(&worker_url).await?;
        let worker_url = dam.through(&worker_url)?;
        let served = Served::over(world, move |settings| {
            settings.database.worker_url = worker_url;
            settings.database.acquire_timeout_seconds = SET.as_secs();
            settings.database.statement_timeout_seconds = SET.as_secs();
        })
        .await?;
        let report = Report::by(&served, "xindi.resident@150302").await?;
        let waiting = "SELECT count(*) FROM outbox_events WHERE position IS NULL";
        let relayed = async || Ok(served.world.number(waiting).await? == 0);
        report.again(&served, "relayed-1").await?;
        until("the relay works", Duration::from_secs(5), relayed).await?;
        // In the midst of what it is told of its BEGIN: it has its connection, and no lock yet.
        dam.close_after(14);
        dam.holds().await;
        dam.forget();
        report.again(&served, "relayed-2").await?;
        until("the relay works again", Duration::from_secs(15), relayed).await
    })
    .await
}
