//! Servers of one deployment with everybody who uses them, and what must be true of all of it in the end.

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Backend, Balancer, Household, Running};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::follower::{Ends, Follower, Heard};
use super::node_with;
use crate::faults::ledger::{self, Before};
use crate::faults::load::{Load, People, Writing};
use crate::faults::seed;

/// Who follows, each with so many sockets: a user may hold five.
const FOLLOWING: [&str; 3] =
    ["xindi.station@150302", "qianlishan.dispatch@150302", "district.command@150302"];
const SOCKETS: usize = 4;

/// Servers behind a balancer, people who write and people who follow.
pub(crate) struct Fleet {
    pub(crate) home: Household,
    balancer: Balancer,
    nodes: Vec<Option<Running>>,
    settings: Vec<(&'static str, String)>,
    before: Before,
    followers: JoinSet<anyhow::Result<Heard>>,
    /// How many events there are, once that is known.
    all: watch::Sender<Option<usize>>,
}

impl Fleet {
    /// So many servers, with these settings beside the usual ones.
    pub(crate) async fn begin(
        backend: Backend,
        servers: usize,
        ends: Ends,
        settings: Vec<(&'static str, String)>,
    ) -> anyhow::Result<(Self, Writing)> {
        let home = Household::new(backend).await?;
        let balancer = Balancer::new().await?;
        let mut nodes = vec![];
        for _ in 0..servers {
            nodes.push(Some(node_with(&home, &settings).await?));
        }
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
        Ok((Self { home, balancer, nodes, settings, before, followers, all }, writing))
    }

    /// Takes a server out, still running.
    pub(crate) fn take(&mut self, slot: usize) -> anyhow::Result<Running> {
        self.nodes[slot].take().context("a server")
    }

    /// Puts another in its place.
    pub(crate) async fn replace(&mut self, slot: usize) -> anyhow::Result<()> {
        self.nodes[slot] = Some(node_with(&self.home, &self.settings).await?);
        self.balancer.lead_to(&self.nodes.iter().flatten().collect::<Vec<_>>());
        Ok(())
    }

    /// How many servers there are.
    pub(crate) fn size(&self) -> usize {
        self.nodes.len()
    }

    /// That the store holds what was acknowledged, and that everybody heard all of it, in order and once, and nothing else: how often
    /// sockets were opened again.
    pub(crate) async fn end(mut self, load: &Load) -> anyhow::Result<usize> {
        ledger::agrees(&self.home, load, self.before).await?;
        let acts = load.told().map(|told| told.acts.len()).sum();
        self.all.send_replace(Some(acts));
        let mut returns = 0;
        while let Some(heard) = self.followers.join_next().await {
            let heard = heard??;
            returns += heard.returns;
            ensure!(heard.versions.len() == load.told().count(), "of other cases: {:?}", heard.versions);
            for told in load.told() {
                let versions =
                    heard.versions.get(&told.number).with_context(|| format!("unheard: {told:?}"))?;
                let wanted: Vec<i64> = (1..).take(told.acts.len()).collect();
                ensure!(*versions == wanted, "{versions:?} of {told:?}");
            }
        }
        let log = self.home.log()?;
        ensure!(!log.contains("ERROR") && !log.contains("panicked"), "{log}");
        println!("{acts} writes, {returns} sockets opened again");
        Ok(returns)
    }
}
