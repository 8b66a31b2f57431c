//! Several nodes over one database: each hears of everything, in the same order.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use fengqiao_domain::kernel::event::{Bell, Event};
use fengqiao_domain::kernel::idgen::SeededIds;
use fengqiao_domain::kernel::vault::Vault;
use fengqiao_domain::org::{CreateOrganisation, OrgService};
use fengqiao_domain::{Db, Relay};
use fengqiao_tests::{Answered as _, District, World, on_each};
use tokio::sync::broadcast::Receiver;

/// Another node over the same database, with ids of its own.
async fn node(world: &World, number: u64) -> anyhow::Result<Db> {
    let (url, worker_url) = world.urls()?;
    let (options, ids) = (World::options(url, worker_url), Arc::new(SeededIds::new(number)));
    Ok(Db::open(&options, world.clock.clone(), ids, Arc::new(Vault::for_tests())).await?)
}

async fn create(db: &Db, district: &District, code: &str) -> anyhow::Result<()> {
    let command =
        CreateOrganisation { code: code.to_owned(), name: "城管局".to_owned(), kind: "urban".to_owned() };
    OrgService::new(db.clone()).create_organisation(&district.commander(1), command).await.done()?;
    Ok(())
}

fn positions(bus: &mut Receiver<Arc<Event>>) -> Vec<i64> {
    std::iter::from_fn(|| bus.try_recv().ok()).map(|event| event.position).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_places_the_others_carry_in_the_same_order() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        world.relay().await?;
        let dbs = [node(&world, 1).await?, node(&world, 2).await?];
        let relays = [Relay::new(dbs[0].clone()), Relay::new(dbs[1].clone())];
        for relay in &relays {
            relay.begin().await?;
        }
        let first: i64 = world.number("SELECT max(position) FROM outbox_events").await?;
        let mut buses = [dbs[0].subscribe(), dbs[1].subscribe()];
        // The second places what the first one wrote, then the first places what the second one wrote.
        create(&dbs[0], &district, "urban-1").await?;
        assert_eq!(relays[1].step().await?, 1);
        create(&dbs[1], &district, "urban-2").await?;
        assert_eq!(relays[0].step().await?, 1);
        // Neither waits for the other to tell it: the first noticed the gap by itself.
        assert_eq!(positions(&mut buses[0]), [first + 1, first + 2]);
        assert_eq!(positions(&mut buses[1]), [first + 1]);
        relays[1].catch_up().await?;
        assert_eq!(positions(&mut buses[1]), [first + 2]);
        for relay in &relays {
            relay.catch_up().await?;
        }
        let more = buses.each_mut().map(positions).concat();
        assert_eq!(more, [0; 0]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_node_hears_of_the_others_all_the_same() -> anyhow::Result<()> {
    on_each(async |world| {
        let [busy, quiet] = world.mirrored_districts().await?;
        world.relay().await?;
        let dbs = [node(&world, 1).await?, node(&world, 2).await?];
        let (near, far) = (Relay::new(dbs[0].clone()), Relay::new(dbs[1].clone()));
        near.begin().await?;
        far.begin().await?;
        let mut bus = dbs[0].subscribe();
        let working = async {
            // The other node places something, and from then on this one is never at rest.
            create(&dbs[1], &quiet, "urban").await?;
            assert_eq!(far.step().await?, 1);
            for number in 0.. {
                create(&dbs[0], &busy, &format!("urban-{number}")).await?;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            anyhow::Ok(())
        };
        let hearing = async {
            while bus.recv().await?.tenant != quiet.tenant {}
            anyhow::Ok(())
        };
        tokio::select! {
            () = near.run() => anyhow::bail!("a relay ended"),
            ended = working => ended,
            heard = tokio::time::timeout(Duration::from_secs(20), hearing) => heard.context("silence")?,
        }
    })
    .await
}

/// Counts, and wakes the other node.
struct Wire {
    rung: AtomicUsize,
    other: Db,
}

impl Bell for Wire {
    fn ring(&self) {
        self.rung.fetch_add(1, Ordering::SeqCst);
        self.other.wake_from_afar();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bell_wakes_the_others_once_for_all_that_was_placed() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        world.relay().await?;
        let dbs = [node(&world, 1).await?, node(&world, 2).await?];
        let wire = Arc::new(Wire { rung: AtomicUsize::new(0), other: dbs[1].clone() });
        let near = Relay::new(dbs[0].clone()).ringing(wire.clone());
        near.begin().await?;
        let far = Relay::new(dbs[1].clone());
        far.begin().await?;
        let mut bus = dbs[1].subscribe();
        let hearing = async {
            // The first look of the other one is over.
            tokio::time::sleep(Duration::from_millis(200)).await;
            for number in 0..5 {
                create(&dbs[0], &district, &format!("urban-{number}")).await?;
            }
            assert_eq!((near.step().await?, near.step().await?), (5, 0));
            assert_eq!(wire.rung.load(Ordering::SeqCst), 1);
            for _ in 0..5 {
                tokio::time::timeout(Duration::from_secs(20), bus.recv()).await.context("silence")??;
            }
            anyhow::Ok(())
        };
        tokio::select! {
            () = far.run() => anyhow::bail!("a relay ended"),
            heard = hearing => heard,
        }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_never_idle_hears_of_the_others_too() -> anyhow::Result<()> {
    on_each(async |world| {
        let districts = world.mirrored_districts().await?;
        world.relay().await?;
        let dbs = [node(&world, 1).await?, node(&world, 2).await?];
        let relays = [Relay::new(dbs[0].clone()), Relay::new(dbs[1].clone())];
        for relay in &relays {
            relay.begin().await?;
        }
        let mut bus = dbs[0].subscribe();
        // Always at it in one district, which no other node works in.
        let working = Box::pin(async {
            for number in 0.. {
                create(&dbs[0], &districts[0], &format!("urban-{number}")).await?;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            anyhow::Ok(())
        });
        let hearing = Box::pin(async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            create(&dbs[1], &districts[1], "urban-1").await?;
            relays[1].step().await?;
            let heard = async {
                while bus.recv().await?.tenant != districts[1].tenant {}
                anyhow::Ok(())
            };
            tokio::time::timeout(Duration::from_secs(5), heard).await.context("it never looks")?
        });
        tokio::select! {
            () = Box::pin(relays[0].run()) => anyhow::bail!("a relay ended"),
            worked = working => worked,
            heard = hearing => heard,
        }
    })
    .await
}
