//! Servers are replaced one after the other, or killed, while people write and follow: no acknowledged write is lost or
//! doubled and nobody misses an event. Where they are told to stop no request fails either, and every socket that closes
//! says why (R1, R4, R8).

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Backend, Balancer, Household, Running, on_backends};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::follower::{Ends, Follower, Heard};
use super::node;
use crate::faults::ledger::{self, Before};
use crate::faults::load::{Load, People, Writing};
use crate::faults::{seed, steered};
use crate::sweep::chance::Chance;

/// Rounds in every run, in which each server is replaced once; `FENGQIAO_FAULTS_ROLLS` asks for more.
const ROLLS: u64 = 2;
/// Servers killed in every run; `FENGQIAO_FAULTS_KILLS` asks for more.
const KILLS: u64 = 4;
/// Who follows, each with so many sockets: a user may hold five.
const FOLLOWING: [&str; 3] =
    ["xindi.station@150302", "qianlishan.dispatch@150302", "district.command@150302"];
const SOCKETS: usize = 4;

/// Two servers behind a balancer, people who write and people who follow.
struct Fleet {
    home: Household,
    balancer: Balancer,
    nodes: [Option<Running>; 2],
    before: Before,
    followers: JoinSet<anyhow::Result<Heard>>,
    /// How many events there are, once that is known.
    all: watch::Sender<Option<usize>>,
}

impl Fleet {
    async fn begin(backend: Backend, ends: Ends) -> anyhow::Result<(Self, Writing)> {
        let home = Household::new(backend).await?;
        let balancer = Balancer::new().await?;
        let nodes = [Some(node(&home).await?), Some(node(&home).await?)];
        balancer.lead_to(&nodes.iter().flatten().collect::<Vec<_>>());
        let people = People::sign_in_through(&balancer).await?;
        let before = Before::of(&home).await?;
        let all = watch::Sender::new(None);
        let mut followers = JoinSet::new();
        for account in FOLLOWING {
            let actor = balancer.sign_in(account).await?;
            for _ in 0..SOCKETS {
                let follower = Follower::from_now_on(&actor, balancer.address(), ends).await?;
                followers.spawn(follower.run(all.subscribe()));
            }
        }
        let writing = Load::new(seed()?).begin(&people);
        Ok((Self { home, balancer, nodes, before, followers, all }, writing))
    }

    fn take(&mut self, slot: usize) -> anyhow::Result<Running> {
        self.nodes[slot].take().context("a server")
    }

    async fn replace(&mut self, slot: usize) -> anyhow::Result<()> {
        self.nodes[slot] = Some(node(&self.home).await?);
        self.balancer.lead_to(&self.nodes.iter().flatten().collect::<Vec<_>>());
        Ok(())
    }

    /// That the store holds what was acknowledged, and that everybody heard all of it, in order and once.
    async fn end(mut self, load: &Load) -> anyhow::Result<()> {
        ledger::agrees(&self.home, load, self.before).await?;
        let acts = load.told().map(|told| told.acts.len()).sum();
        self.all.send_replace(Some(acts));
        let mut returns = 0;
        while let Some(heard) = self.followers.join_next().await {
            let heard = heard??;
            returns += heard.returns;
            for told in load.told() {
                let versions =
                    heard.versions.get(&told.number).with_context(|| format!("unheard: {told:?}"))?;
                let wanted: Vec<i64> = (1..).take(told.acts.len()).collect();
                ensure!(*versions == wanted, "{versions:?} of {told:?}");
            }
        }
        ensure!(returns >= FOLLOWING.len(), "only {returns} sockets were opened again");
        let log = self.home.log()?;
        ensure!(!log.contains("ERROR") && !log.contains("panicked"), "{log}");
        println!("{acts} writes, {returns} sockets opened again");
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_is_noticed_by_nobody() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let (mut fleet, writing) = Fleet::begin(backend, Ends::WithAWord).await?;
        for roll in 1..=steered("FENGQIAO_FAULTS_ROLLS", ROLLS)? {
            for slot in 0..fleet.nodes.len() {
                fleet.take(slot)?.terminate().await.with_context(|| format!("roll {roll}"))?;
                fleet.replace(slot).await.with_context(|| format!("roll {roll}"))?;
            }
        }
        let load = writing.settle().await?;
        assert_eq!((load.numbers().1, load.unanswered()), (0, 0), "refused, and not answered at all");
        fleet.end(&load).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_server_costs_nobody_a_write_or_an_event() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let (mut fleet, writing) = Fleet::begin(backend, Ends::Anyhow).await?;
        let mut chance = Chance(seed()?);
        for kill in 1..=steered("FENGQIAO_FAULTS_KILLS", KILLS)? {
            // The instant of the fault, not a wait for anything.
            tokio::time::sleep(Duration::from_millis(100 + chance.below(600) as u64)).await;
            let slot = chance.below(fleet.nodes.len());
            fleet.take(slot)?.kill()?;
            fleet.replace(slot).await.with_context(|| format!("after kill {kill}"))?;
        }
        let load = writing.settle().await?;
        fleet.end(&load).await
    })
    .await
}
