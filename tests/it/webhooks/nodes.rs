//! Several processes over one database: each message is on its way from one of them at a time, and none is lost with one.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use fengqiao_api::webhooks::SystemNames;
use fengqiao_domain::Db;
use fengqiao_domain::kernel::idgen::SeededIds;
use fengqiao_domain::kernel::vault::Vault;
use fengqiao_domain::webhooks::{Dispatcher, Round};
use fengqiao_tests::{Backend, Places, World, on_backends};
use serde_json::json;

use super::receiver::{Reply, reply};
use super::{Desk, at_home, dispatcher, placed};

/// Another process over the database of a desk, with ids of its own.
async fn node(desk: &Desk, number: u64) -> anyhow::Result<Dispatcher> {
    let world = &desk.served.world;
    let (url, worker_url) = world.urls()?;
    let (options, ids) = (World::options(url, worker_url), Arc::new(SeededIds::new(number)));
    let db = Db::open(&options, world.clock.clone(), ids, Arc::new(Vault::for_tests())).await?;
    dispatcher(&desk.served.app.settings, &db, Arc::new(SystemNames))
}

/// Waits until so many messages came.
async fn came(desk: &Desk, wanted: usize) -> anyhow::Result<()> {
    for _ in 0..2_000 {
        if desk.receiver.came().len() >= wanted {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    ensure!(false, "only {} of {wanted} came", desk.receiver.came().len());
    Ok(())
}

async fn side_by_side(backend: Backend) -> anyhow::Result<()> {
    let desk = Desk::open_with(backend, |settings| {
        at_home(settings);
        settings.webhooks.per_webhook = 2;
    })
    .await?;
    let station = desk.integrator("xindi.station").await?;
    let hook = desk.hook(&station, json!({})).await?;
    desk.receiver.always(Reply { after: Duration::from_millis(30), ..reply(204) });
    let mut matters = vec![];
    for _ in 0..4 {
        let mut matter = desk.report().await?;
        matter.act(&station, "caseAccept", json!({})).await?;
        for _ in 0..3 {
            matter.act(&station, "caseComment", json!({"text": "看过了", "audience": "EVERYONE"})).await?;
        }
        matters.push(matter.id);
    }
    placed(&desk.served).await?;
    let nodes = [node(&desk, 31).await?, node(&desk, 32).await?];
    let every = Duration::from_millis(20);
    let all = async {
        came(&desk, 20).await?;
        // Nothing comes a second time, however often they look.
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok::<_, anyhow::Error>(())
    };
    tokio::select! {
        _ = futures::future::join(nodes[0].run(every), nodes[1].run(every)) => {}
        all = all => all?,
    }
    let messages = desk.receiver.take();
    let mut ids: Vec<&str> = messages.iter().map(|message| message.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((messages.len(), ids.len()), (20, 20));
    let mut versions: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for message in &messages {
        let said = message.said();
        let of = said["subject"].as_str().unwrap_or_default().to_owned();
        versions.entry(of).or_default().push(said["data"]["version"].as_i64().unwrap_or_default());
    }
    assert_eq!(versions.len(), matters.len());
    for (case, versions) in versions {
        assert_eq!(versions, [1, 2, 3, 4, 5], "{case}");
    }
    let rows = desk.deliveries(&station, &hook, "state").await?;
    ensure!(rows.iter().all(|row| row["state"] == "DELIVERED") && rows.len() == 20, "{rows:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_send_each_message_once_and_in_the_order_of_its_case() -> anyhow::Result<()> {
    on_backends(side_by_side).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_process_had_when_it_was_killed_is_sent_again_under_the_same_id() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        desk.hook(&station, json!({})).await?;
        desk.report().await?;
        placed(&desk.served).await?;
        desk.receiver.answers([Reply { after: Duration::from_secs(5), ..reply(204) }]);
        let killed = node(&desk, 31).await?;
        tokio::select! {
            round = killed.round() => ensure!(false, "it was not killed in time: {round:?}"),
            arrived = came(&desk, 1) => arrived?,
        }
        drop(killed);
        // It came, and nobody knows: as long as the lease lasts nobody else sends it.
        desk.served.pass_seconds(59);
        assert_eq!(desk.round().await?, Round::default());
        desk.served.pass_seconds(1);
        assert_eq!(desk.round().await?, Round { enqueued: 0, attempts: 1 });
        let messages = desk.receiver.take();
        assert_eq!(messages.len(), 2);
        assert_eq!((&messages[0].id, &messages[0].body), (&messages[1].id, &messages[1].body));
        desk.served.pass_seconds(600);
        assert_eq!(desk.round().await?, Round::default());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_did_not_hear_of_a_merger_tells_of_what_it_brought() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let district = desk.integrator("district.command").await?;
        let system = desk.person("system.admin").await?;
        let [gone, kept] = ["150302101203", "150302101206"];
        let [gone, kept] = [Places::of(&system).unit(gone).await?, Places::of(&system).unit(kept).await?];
        desk.hook(&district, json!({"unitId": kept})).await?;
        let mut matter = desk.report().await?;
        placed(&desk.served).await?;
        let node = node(&desk, 33).await?;
        node.round().await?;
        assert_eq!(desk.receiver.take().len(), 0, "it lies elsewhere");
        let input = json!({"predecessorIds": [gone], "successorId": kept, "effectiveOn": "2026-11-01"});
        system.mutate("unitMerge", "unit { id } userErrors { code path }", input).await?.payload()?;
        matter.act(&district, "caseComment", json!({"text": "看过了", "audience": "EVERYONE"})).await?;
        placed(&desk.served).await?;
        // The clock stands still: what it remembers of the ground is as young as it was.
        node.round().await?;
        let told: Vec<_> =
            desk.receiver.take().iter().map(|message| message.said()["type"].clone()).collect();
        assert_eq!(told, ["case.commented"]);
        Ok(())
    })
    .await
}
