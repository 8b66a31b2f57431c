//! Servers are replaced one after the other while people write and follow: no request fails, every socket that closes
//! says why, and nobody misses an event (R8).

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Backend, Balancer, Household, on_backends};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::follower::Follower;
use super::node;
use crate::faults::ledger::{self, Before};
use crate::faults::load::{Load, People};
use crate::faults::{seed, steered};

/// Rounds in every run, in which each server is replaced once; `FENGQIAO_FAULTS_ROLLS` asks for more.
const ROLLS: u64 = 2;
/// Who follows, each with so many sockets: a user may hold five.
const FOLLOWING: [&str; 3] =
    ["xindi.station@150302", "qianlishan.dispatch@150302", "district.command@150302"];
const SOCKETS: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_is_noticed_by_nobody() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let home = Household::new(backend).await?;
        let balancer = Balancer::new().await?;
        let mut nodes = [Some(node(&home).await?), Some(node(&home).await?)];
        balancer.lead_to(&nodes.iter().flatten().collect::<Vec<_>>());
        let people = People::sign_in_through(&balancer).await?;
        let before = Before::of(&home).await?;
        let all = watch::Sender::new(None);
        let mut followers = JoinSet::new();
        for account in FOLLOWING {
            let actor = balancer.sign_in(account).await?;
            for _ in 0..SOCKETS {
                let follower = Follower::from_now_on(&actor, balancer.address()).await?;
                followers.spawn(follower.run(all.subscribe()));
            }
        }
        let writing = Load::new(seed()?).begin(&people);
        for roll in 1..=steered("FENGQIAO_FAULTS_ROLLS", ROLLS)? {
            for slot in 0..nodes.len() {
                let old = nodes[slot].take().context("a server")?;
                old.terminate().await.with_context(|| format!("roll {roll}"))?;
                nodes[slot] = Some(node(&home).await.with_context(|| format!("roll {roll}"))?);
                balancer.lead_to(&nodes.iter().flatten().collect::<Vec<_>>());
            }
        }
        let load = writing.settle().await?;
        assert_eq!((load.numbers().1, load.unanswered()), (0, 0), "refused, and not answered at all");
        ledger::agrees(&home, &load, before).await?;
        let acts = load.told().map(|told| told.acts.len()).sum();
        all.send_replace(Some(acts));
        let mut returns = 0;
        while let Some(heard) = followers.join_next().await {
            let heard = heard??;
            returns += heard.returns;
            for told in load.told() {
                let versions =
                    heard.versions.get(&told.number).with_context(|| format!("unheard: {told:?}"))?;
                let wanted: Vec<i64> = (1..).take(told.acts.len()).collect();
                ensure!(*versions == wanted, "{versions:?} of {told:?}");
            }
        }
        ensure!(returns >= FOLLOWING.len() * SOCKETS, "only {returns} sockets were opened again");
        let log = home.log()?;
        ensure!(!log.contains("ERROR") && !log.contains("panicked"), "{log}");
        println!("{acts} writes, {returns} sockets opened again");
        Ok(())
    })
    .await
}
