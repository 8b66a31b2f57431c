//! The road to Redis breaks, falls silent or becomes slow under servers at work: nobody waits longer for it than is set, no write fails,
//! everybody hears of everything, and when the road is good again nobody has to do anything about it (R7).

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Backend, Dam, RedisServer, on_backends};

use super::{seed, steered, until};
use crate::cluster::fleet::Fleet;
use crate::cluster::follower::Ends;
use crate::sweep::chance::Chance;

/// Rounds of every fault in every run; `FENGQIAO_FAULTS_ROADS` asks for more.
const ROUNDS: u64 = 1;
/// What a busy machine takes for a write at most, and a wait for Redis that is given up.
const ANSWERED: Duration = Duration::from_secs(3);
/// Longer than a server takes to find out that Redis is there again.
const BACK: Duration = Duration::from_secs(20);

/// What becomes of a road.
#[derive(Clone, Copy, Debug)]
enum Fault {
    /// Every connection breaks after so many bytes.
    Breaks(u64),
    /// Nothing comes after so many bytes.
    Stalls(u64),
    /// Everything comes late: in time, and too late.
    Late(Duration),
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_becomes_of_the_road_to_redis_nobody_notices() -> anyhow::Result<()> {
    on_backends(async |backend| {
        // Two servers need PostgreSQL.
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let redis = RedisServer::new().await?;
        let dam = Dam::before(redis.address()).await?;
        let settings = vec![("FENGQIAO__REDIS__URL", format!("redis://{}", dam.address()))];
        let (fleet, writing) = Fleet::begin(backend, 2, Ends::WithAWord, settings).await?;
        let rings = async || Ok(redis.listeners("fengqiao:all:bell").await? == 2);
        until("both listen", BACK, rings).await?;
        let mut chance = Chance(seed()?);
        for round in 1..=steered("FENGQIAO_FAULTS_ROADS", ROUNDS)? {
            let bytes = chance.below(400) as u64;
            for fault in [
                Fault::Breaks(0),
                Fault::Breaks(bytes),
                Fault::Stalls(0),
                Fault::Stalls(bytes),
                Fault::Late(Duration::from_millis(200)),
                Fault::Late(Duration::from_secs(2)),
            ] {
                match fault {
                    Fault::Breaks(bytes) => dam.break_after(bytes),
                    Fault::Stalls(bytes) => dam.close_after(bytes),
                    Fault::Late(late) => dam.delay(late),
                }
                // As long as the fault lasts, not a wait for anything.
                tokio::time::sleep(Duration::from_millis(700 + chance.below(600) as u64)).await;
                dam.open();
                until("both listen again", BACK, rings)
                    .await
                    .with_context(|| format!("{round}: {fault:?}"))?;
            }
        }
        let load = writing.settle().await?;
        assert_eq!((load.numbers().1, load.unanswered()), (0, 0), "refused, and not answered at all");
        ensure!(load.slowest() < ANSWERED, "an answer took {:?}", load.slowest());
        println!("slowest answer {:?}", load.slowest());
        let rings_once = redis.ask(&["INFO", "commandstats"]).await?.join("");
        ensure!(rings_once.contains("cmdstat_publish"), "Redis was never rung");
        assert_eq!(fleet.end(&load).await?, 0, "sockets were opened again");
        Ok(())
    })
    .await
}
