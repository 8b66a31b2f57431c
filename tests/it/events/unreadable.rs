//! What nobody can read, as a newer program or a bad disk may leave it, stops nobody: whoever follows is told that something is
//! left out, and hears what comes after it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_api::runner::{Runner as _, Said};
use fengqiao_domain::kernel::event::EventCursor;
use fengqiao_domain::kernel::idgen::SeededIds;
use fengqiao_domain::kernel::vault::Vault;
use fengqiao_domain::org::{OrgService, RenameUnit};
use fengqiao_domain::{Db, EventLog, Following, Missed, Relay, Told};
use fengqiao_tests::{Answered as _, World, on_backends, on_each};
use futures::StreamExt as _;
use serde_json::{Value, json};

use super::{ASK, FOLLOW, SAY, place, versions};
use crate::sweep::stage::Stage;

/// Longer than a busy machine takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// What comes too much comes at once.
const SILENCE: Duration = Duration::from_millis(300);

/// Says something about the first case of a side, and leaves the event where it is: the version that the case has then.
pub(crate) async fn say(stage: &Stage, side: usize) -> anyhow::Result<i64> {
    let commander = stage.scope(side, "commander").await?;
    let case = &stage.mirror.sides[side].cases[0];
    let input =
        json!({ "input": { "caseId": case.id.to_string(), "audience": "EVERYONE", "text": "看过了" } });
    let answer = stage.ask(&commander, SAY, &input).await?;
    answer["data"]["caseComment"]["case"]["version"].as_i64().with_context(|| answer.to_string())
}

/// One who follows a side on a node.
async fn follow(stage: &Stage, db: &Db, side: usize) -> anyhow::Result<Following> {
    let scope = stage.scope(side, "commander").await?;
    let following = EventLog::new(db.clone(), 10_000).follow(&scope, None).await;
    following.map_err(|error| anyhow::anyhow!("{error:?}"))
}

/// What somebody hears until nothing comes any more: the version of each event, or the position up to which something is left out.
async fn heard(following: &mut Following) -> anyhow::Result<Vec<Result<i64, i64>>> {
    let mut heard = vec![];
    while let Ok(told) = tokio::time::timeout(SILENCE, following.next()).await {
        heard.push(match told.context("an end")? {
            Told::Event(event) | Told::Past(event) => Ok(event.version),
            Told::Missed(Missed::NotKept, place) => Err(place.position()),
            other @ Told::Missed(..) => anyhow::bail!("{other:?}"),
        });
    }
    Ok(heard)
}

/// Another node over the same database.
async fn another(world: &World) -> anyhow::Result<Db> {
    let (url, worker_url) = world.urls()?;
    let (options, ids) = (World::options(url, worker_url), Arc::new(SeededIds::new(31)));
    Ok(Db::open(&options, world.clock.clone(), ids, Arc::new(Vault::for_tests())).await?)
}

async fn told(stage: &Stage, column: &str) -> anyhow::Result<()> {
    stage.world.relay().await?;
    let before = place(stage, 0).await?;
    let first = EventCursor::decode(&before).map_err(|_| anyhow::anyhow!("no place"))?.position();
    let (near, other) = (Relay::new(stage.world.db.clone()), another(&stage.world).await?);
    let far = Relay::new(other.clone());
    near.catch_up().await?;
    far.begin().await?;
    let mut here = follow(stage, &stage.world.db, 0).await?;
    let mut there = follow(stage, &other, 0).await?;
    let mut neighbour = follow(stage, &stage.world.db, 1).await?;
    say(stage, 0).await?;
    let spoil = format!("UPDATE outbox_events SET {column} = '{{' WHERE position IS NULL");
    stage.world.run_sql(&spoil).await?;
    assert_eq!(near.step().await?, 1);
    // It is told at once, and not when something else happens.
    assert_eq!(heard(&mut here).await?, [Err(first + 1)], "{column}");
    let (after, beside) = (say(stage, 0).await?, say(stage, 1).await?);
    assert_eq!(near.step().await?, 2);
    assert_eq!(heard(&mut here).await?, [Ok(after)]);
    assert_eq!(heard(&mut neighbour).await?, [Ok(beside)]);
    far.catch_up().await?;
    assert_eq!(heard(&mut there).await?, [Err(first + 1), Ok(after)]);
    // Whoever comes back reads anew, and goes on from there.
    let newest = place(stage, 0).await?;
    let scope = stage.scope(0, "commander").await?;
    let answer = stage.ask(&scope, ASK, &json!({ "after": before })).await?;
    let resync = json!({ "__typename": "Resync", "reason": "NOT_KEPT", "cursor": newest });
    assert_eq!(
        answer["data"]["caseEvents"],
        json!({ "items": [resync], "cursor": newest, "hasMore": false })
    );
    // Its place is known for what it is.
    let unread = stage.world.place_of(scope.tenant(), first + 1).await?;
    let answer = stage.ask(&scope, ASK, &json!({ "after": unread.encode() })).await?;
    let items = answer["data"]["caseEvents"]["items"].as_array().with_context(|| answer.to_string())?;
    assert_eq!((versions(items), items.len()), (vec![after], 1));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_cannot_be_read_is_told_and_stops_nobody() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        for column in ["payload", "scope_before", "scope_after"] {
            told(&stage, column).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_finds_one_goes_on_by_itself() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        stage.world.relay().await?;
        let mut neighbour = follow(&stage, &stage.world.db, 1).await?;
        say(&stage, 0).await?;
        stage.world.run_sql("UPDATE outbox_events SET payload = '' WHERE position IS NULL").await?;
        let said = say(&stage, 1).await?;
        let relay = Relay::new(stage.world.db.clone());
        let told = tokio::select! {
            () = relay.run() => anyhow::bail!("a relay ended"),
            told = tokio::time::timeout(PATIENCE, neighbour.next()) => told?.context("an end")?,
        };
        ensure!(matches!(&told, Told::Event(event) if event.version == said), "{told:?}");
        assert_eq!(stage.world.number("SELECT count(*) FROM outbox_events WHERE position IS NULL").await?, 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_remembered_of_what_nobody_can_read_is_forgotten() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        world.relay().await?;
        let far = another(&world).await?;
        let (near, relay) = (Relay::new(world.db.clone()), Relay::new(far.clone()));
        near.begin().await?;
        relay.begin().await?;
        let unit = district.villages[0][0];
        let name = async || {
            let reader = far.reader(&district.system);
            let units =
                OrgService::new(far.clone()).units_by_id(&district.system, &reader, &[unit]).await.done()?;
            anyhow::Ok(units.get(&unit).context("the unit")?.name.clone())
        };
        let before = name().await?;
        let rename = RenameUnit {
            unit,
            expected_version: 1,
            name: "新地镇中村".to_owned(),
            since_on: chrono::NaiveDate::from_ymd_opt(2026, 1, 1).context("a day")?,
        };
        world.org().rename_unit(&district.commander(1), rename).await.done()?;
        world.run_sql("UPDATE outbox_events SET payload = '?' WHERE position IS NULL").await?;
        assert_eq!(near.step().await?, 1);
        // The clock stands still: it is remembered until something is heard.
        assert_eq!(name().await?, before);
        relay.catch_up().await?;
        assert_eq!(name().await?, "新地镇中村");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_release_tells_of_a_case_is_told_as_left_out() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        stage.world.relay().await?;
        let before = place(&stage, 0).await?;
        let scope = stage.scope(0, "commander").await?;
        let other = stage.mirror.sides[0].cases[1].id.to_string();
        let of_other = json!({ "filter": { "caseId": other } });
        let mut shared = stage.runner.follow(stage.request(&scope, FOLLOW, &Value::Null));
        let mut elsewhere = stage.runner.follow(stage.request(&scope, FOLLOW, &of_other));
        let mut alone = stage.follow_alone(stage.request(&scope, FOLLOW, &Value::Null));
        let neighbour = stage.scope(1, "commander").await?;
        let mut beyond = stage.runner.follow(stage.request(&neighbour, FOLLOW, &Value::Null));
        for said in [&mut shared, &mut elsewhere, &mut beyond] {
            ensure!(tokio::time::timeout(SILENCE, said.next()).await.is_err(), "too early");
        }
        ensure!(tokio::time::timeout(SILENCE, alone.next()).await.is_err(), "too early");
        say(&stage, 0).await?;
        stage
            .world
            .run_sql("UPDATE outbox_events SET name = 'case.moved_to_the_moon' WHERE position IS NULL")
            .await?;
        stage.world.relay().await?;
        let resync =
            json!({ "__typename": "Resync", "reason": "NOT_KEPT", "cursor": place(&stage, 0).await? });
        let Some(Said::Shared(text)) = tokio::time::timeout(PATIENCE, shared.next()).await? else {
            anyhow::bail!("not said to many")
        };
        assert_eq!(serde_json::from_str::<Value>(&text)?["data"]["caseEvents"], resync);
        let own = tokio::time::timeout(PATIENCE, alone.next()).await?.context("an end")?;
        assert_eq!(serde_json::to_value(own)?["data"]["caseEvents"], resync);
        let answer = stage.ask(&scope, ASK, &json!({ "after": before })).await?;
        assert_eq!(answer["data"]["caseEvents"]["items"], json!([resync]));
        // Whoever comes back is told the same.
        let mut again = stage.runner.follow(stage.request(&scope, FOLLOW, &json!({ "after": before })));
        let Some(Said::Shared(told)) = tokio::time::timeout(PATIENCE, again.next()).await? else {
            anyhow::bail!("not said to many")
        };
        assert_eq!(told, text);
        for said in [&mut elsewhere, &mut beyond] {
            ensure!(tokio::time::timeout(SILENCE, said.next()).await.is_err(), "too much");
        }
        Ok(())
    })
    .await
}
