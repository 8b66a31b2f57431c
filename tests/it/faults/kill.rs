//! `kill -9` while people write: what they were told is there once, what is in doubt happens once when it
//! is sent again, and whatever was half done is not there (R1).

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Backend, Household, Served, on_backends};

use super::ledger::{self, Before};
use super::load::{Load, People};
use super::{seed, steered};
use crate::sweep::chance::Chance;

/// Kills in every run; `FENGQIAO_FAULTS_KILLS` asks for more.
const KILLS: u64 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledged_write_outlives_the_process_and_happens_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let home = Household::new(backend).await?;
        let mut chance = Chance(seed()?);
        let mut load = Load::new(seed()?);
        let mut running = home.start().await?;
        let before = Before::of(&home).await?;
        let mut doubts = 0;
        for kill in 1..=steered("FENGQIAO_FAULTS_KILLS", KILLS)? {
            let people = People::sign_in(&running).await?;
            let writing = load.begin(&people);
            // The instant of the fault, not a wait for anything.
            tokio::time::sleep(Duration::from_millis(100 + chance.below(600) as u64)).await;
            running.kill()?;
            load = writing.stop().await?;
            doubts += load.doubts();
            running = home.start().await.with_context(|| format!("after kill {kill}"))?;
            let people = People::sign_in(&running).await?;
            load = load.begin(&people).settle().await?;
            ledger::agrees(&home, &load, before).await.with_context(|| format!("after kill {kill}"))?;
        }
        ensure!(doubts > 0, "no kill ever met a write");
        let people = People::sign_in(&running).await?;
        load.repeat(&people).await?;
        ledger::agrees(&home, &load, before).await.context("after everything was sent again")?;
        let log = home.log()?;
        ensure!(!log.contains("ERROR") && !log.contains("panicked"), "{log}");
        println!("{backend}: {} writes acknowledged, {doubts} were in doubt", load.numbers().0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sqlite_acknowledges_is_on_its_disk() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Postgres {
            return Ok(());
        }
        let served =
            Served::demo_with(backend, |settings| settings.database.lock_timeout_seconds = 2).await?;
        let pragmas = served.app.services.db.pragmas().await?;
        // 2 is FULL. A reader waits as long as the writer and sees the same constraints.
        let wanted =
            [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("busy_timeout", "2000")];
        for (name, value) in wanted {
            let found: Vec<&str> =
                pragmas.iter().filter(|(of, _)| of == name).map(|(_, value)| value.as_str()).collect();
            assert_eq!(found, [value; 2], "{name} of the writer and of a reader");
        }
        Ok(())
    })
    .await
}
