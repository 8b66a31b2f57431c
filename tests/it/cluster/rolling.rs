//! Servers are replaced one after the other, or killed, while people write and follow: no acknowledged write is lost or
//! doubled and nobody misses an event. Where they are told to stop no request fails either, and every socket that closes
//! says why (R1, R4, R8).

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Backend, on_backends};

use super::fleet::Fleet;
use super::follower::Ends;
use crate::faults::{seed, steered};
use crate::sweep::chance::Chance;

/// Rounds in every run, in which each server is replaced once; `FENGQIAO_FAULTS_ROLLS` asks for more.
const ROLLS: u64 = 2;
/// Servers killed in every run; `FENGQIAO_FAULTS_KILLS` asks for more.
const KILLS: u64 = 4;
#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_is_noticed_by_nobody() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let (mut fleet, writing) = Fleet::begin(backend, 2, Ends::WithAWord, vec![]).await?;
        for roll in 1..=steered("FENGQIAO_FAULTS_ROLLS", ROLLS)? {
            for slot in 0..fleet.size() {
                fleet.take(slot)?.terminate().await.with_context(|| format!("roll {roll}"))?;
                fleet.replace(slot).await.with_context(|| format!("roll {roll}"))?;
            }
        }
        let load = writing.settle().await?;
        assert_eq!((load.numbers().1, load.unanswered()), (0, 0), "refused, and not answered at all");
        let returns = fleet.end(&load).await?;
        ensure!(returns >= 3, "only {returns} sockets were opened again");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_costs_nobody_a_write_or_an_event() -> anyhow::Result<()> {
    on_backends(async |backend| {
        // A file has one server; whoever comes in between waits for the next one.
        let servers = if backend == Backend::Sqlite { 1 } else { 2 };
        let (mut fleet, writing) = Fleet::begin(backend, servers, Ends::Anyhow, vec![]).await?;
        let mut chance = Chance(seed()?);
        for kill in 1..=steered("FENGQIAO_FAULTS_KILLS", KILLS)? {
            // The instant of the fault, not a wait for anything.
            tokio::time::sleep(Duration::from_millis(100 + chance.below(600) as u64)).await;
            let slot = chance.below(fleet.size());
            fleet.take(slot)?.kill()?;
            fleet.replace(slot).await.with_context(|| format!("after kill {kill}"))?;
        }
        let load = writing.settle().await?;
        let returns = fleet.end(&load).await?;
        ensure!(returns >= 3, "only {returns} sockets were opened again");
        Ok(())
    })
    .await
}
