//! A client leaves in the midst of its request: the request happens whole or not at all, nothing stays open,
//! and sent again under its key it happens once (R6). `tenancy::cancel` does so at every poll of a use case;
//! here it goes through the listener.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Backend, Dam, Served, demo_world, on_backends};
use sqlx::Executor as _;

use super::report::Report;
use super::seed;
use crate::sweep::chance::Chance;

const RESIDENT: &str = "xindi.resident@150302";

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_leaves_leaves_nothing_half_done() -> anyhow::Result<()> {
    on_backends(async |backend| match backend {
        Backend::Sqlite => leave_by_chance(&Served::demo(backend).await?).await,
        Backend::Postgres => leave_between_answers(backend).await,
    })
    .await
}

/// The database is silent when the client leaves, each time after other bytes, and then goes on.
async fn leave_between_answers(backend: Backend) -> anyhow::Result<()> {
    let world = demo_world(backend).await?;
    let (url, _) = world.urls()?;
    let dam = Dam::to(&url).await?;
    let url = dam.through(&url)?;
    let served = Served::over(world, move |settings| settings.database.url = url).await?;
    let report = Report::by(&served, RESIDENT).await?;
    let usual = report.usual_bytes(&served, &dam).await?;
    let mut done = 0;
    for twentieth in 0..20 {
        let key = format!("gone-{twentieth}");
        report.settled(&served).await?;
        dam.close_after(usual * twentieth / 20);
        let socket = report.begin(&served, &key, usize::MAX).await?;
        let silent = tokio::time::timeout(Duration::from_secs(10), dam.holds()).await;
        silent.with_context(|| format!("{key} is never silent"))?;
        drop(socket);
        dam.open();
        report.settled(&served).await?;
        done += usize::from(report.whole(&served, &key).await?);
        report.again(&served, &key).await?;
    }
    ensure!(done < 20, "nobody ever left before the end");
    Ok(())
}

/// The client leaves after times by chance.
async fn leave_by_chance(served: &Served) -> anyhow::Result<()> {
    let mut chance = Chance(seed()?);
    let report = Report::by(served, RESIDENT).await?;
    for number in 0..20 {
        let key = format!("gone-{number}");
        let socket = report.begin(served, &key, usize::MAX).await?;
        tokio::time::sleep(Duration::from_micros(chance.below(12_000) as u64)).await;
        drop(socket);
        // Whatever was open would hold the one write lock.
        let pool = served.world.sqlite()?;
        let mut writer = pool.acquire().await?;
        writer.execute("BEGIN IMMEDIATE").await.with_context(|| key.clone())?;
        writer.execute("ROLLBACK").await?;
        report.whole(served, &key).await?;
        report.again(served, &key).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_never_came_whole_has_no_effect() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let report = Report::by(&served, RESIDENT).await?;
        let length = report.wire("half-0").len();
        for part in [0, 1, length / 4, length / 2, length - 1] {
            let key = format!("half-{}", part % 10);
            drop(report.begin(&served, &key, part).await?);
            report.settled(&served).await?;
            ensure!(!report.whole(&served, &key).await?, "{part} of {length} bytes had an effect");
        }
        Ok(())
    })
    .await
}
