//! PostgreSQL crashes and comes back while people write: they are told so, nothing they were told before is
//! lost, and the product recovers without anybody's help (R1, R5).

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Backend, Cluster, Household, Line, Served, demo_world, on_backends};
use futures::future::try_join_all;
use serde_json::Value;

use super::ledger::{self, Before};
use super::load::{Load, People};
use super::{seed, steered, until};
use crate::sweep::chance::Chance;

/// Crashes in every run; `FENGQIAO_FAULTS_CRASHES` asks for more.
const CRASHES: u64 = 2;
/// From the server's return until everybody is answered again.
const RECOVERY: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_of_postgres_loses_nothing_and_is_told_clearly() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let cluster = Cluster::new().await?;
        let home = Household::at(&cluster).await?;
        let running = home.start().await?;
        let people = People::sign_in(&running).await?;
        let before = Before::of(&home).await?;
        let mut chance = Chance(seed()?);
        let mut load = Load::new(seed()?);
        for crash in 1..=steered("FENGQIAO_FAULTS_CRASHES", CRASHES)? {
            let refused = load.numbers().1;
            let writing = load.begin(&people);
            tokio::time::sleep(Duration::from_millis(100 + chance.below(400) as u64)).await;
            cluster.crash().await?;
            until("readiness says no", RECOVERY, async || Ok(running.probe("readyz").await? == 503)).await?;
            ensure!(running.probe("livez").await? == 200, "the process lives");
            cluster.start().await?;
            let back = Instant::now();
            until("readiness says yes", RECOVERY, async || Ok(running.probe("readyz").await? == 200)).await?;
            let settled = writing.settle().await;
            // What was ours to mend is told to nobody but the log.
            load = settled.with_context(|| defects(&home).unwrap_or_default())?;
            ensure!(back.elapsed() < RECOVERY, "the last answer came after {:?}", back.elapsed());
            ensure!(load.numbers().1 > refused, "nobody was told of crash {crash}");
            ledger::agrees(&home, &load, before).await.with_context(|| format!("after crash {crash}"))?;
        }
        load.repeat(&people).await?;
        ledger::agrees(&home, &load, before).await.context("after everything was sent again")?;
        println!("{} writes acknowledged, {} refused", load.numbers().0, load.numbers().1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_after_a_crash_does_not_notice() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let world = demo_world(backend).await?;
        let mut line = Line::to(&world.urls()?.0).await?;
        let url = line.through(&world.urls()?.0)?;
        let served = Served::over(world, move |settings| settings.database.url = url).await?;
        let station = served.sign_in("xindi.station@150302").await?;
        let read = async || station.run("{ cases(first: 1) { nodes { id } } }", Value::Null).await;
        // So many at once that several connections lie idle afterwards, all of them from before.
        for answer in try_join_all((0..8).map(|_| read())).await? {
            answer.data("cases")?;
        }
        let lying = served.app.services.db.idle_connections();
        ensure!(lying > 1, "{lying} connections");
        line.cut().await;
        line.mend().await?;
        // Longer than a connection is trusted that lies idle.
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        for _ in 0..lying {
            read().await?.data("cases")?;
        }
        Ok(())
    })
    .await
}

/// What the product calls a defect of its own in its log.
fn defects(home: &Household) -> anyhow::Result<String> {
    Ok(home.log()?.lines().filter(|line| line.contains("ERROR")).collect::<Vec<_>>().join("\n"))
}
