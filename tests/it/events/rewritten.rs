//! A database that is restored while servers run goes on with another history: whoever follows is told, and nobody is left waiting for
//! positions that were given before.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::event::EventCursor;
use fengqiao_domain::{EventLog, Following, Missed, Relay, Told};
use fengqiao_tests::{Backend, on_backends};
use uuid::Uuid;

use super::{place, say};
use crate::sweep::stage::Stage;

/// What comes too much comes at once.
const SILENCE: Duration = Duration::from_millis(300);

/// Puts the outbox of the first side back to a position, and gives what comes after it to other events, as another node would that works
/// on a restored backup already: the newest place then.
async fn restore(stage: &Stage, to: i64, others: i64) -> anyhow::Result<EventCursor> {
    let tenant = stage.mirror.sides[0].tenant;
    let text = |id: Uuid| match stage.world.backend() {
        Backend::Sqlite => format!("x'{}'", id.simple()),
        Backend::Postgres => format!("'{id}'"),
    };
    let own = text(tenant.uuid());
    let mut sql = format!("DELETE FROM outbox_events WHERE tenant_id = {own} AND position > {to};");
    for number in 1..=others {
        let (id, at) =
            (text(Uuid::from_u128(0xabc << 64 | u128::try_from(number)?)), stage.world.db.now().micros());
        sql.push_str(&format!(
            "INSERT INTO outbox_events (tenant_id, id, aggregate, aggregate_id, version, name, occurred_at, payload, \
             scope_after, position) VALUES ({own}, {id}, 'unit', {id}, 1, 'unit.tested', {at}, '{{}}', \
             '{{\"category\":\"00000000-0000-0000-0000-000000000000\",\"sensitivity\":0,\"principals\":[],\
             \"internal\":false}}', {});",
            to + number
        ));
    }
    sql.push_str(&format!(
        "UPDATE outbox_heads SET position = {newest}, event_id = (SELECT id FROM outbox_events WHERE \
         tenant_id = {own} AND position = {newest}) WHERE tenant_id = {own};",
        newest = to + others
    ));
    stage.world.run_sql(&sql).await?;
    stage.world.place_of(tenant, to + others).await
}

async fn next(following: &mut Following) -> anyhow::Result<Option<Told>> {
    match tokio::time::timeout(SILENCE, following.next()).await {
        Ok(told) => Ok(Some(told.context("an end")?)),
        Err(_elapsed) => Ok(None),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_follows_over_a_restore_is_told() -> anyhow::Result<()> {
    on_backends(async |backend| {
        // Nothing happened since, something, as much as before and more than before.
        for others in [0, 1, 3, 5] {
            let stage = Stage::set(backend).await?;
            stage.world.relay().await?;
            let old =
                EventCursor::decode(&place(&stage, 0).await?).map_err(|_| anyhow::anyhow!("no place"))?;
            for _ in 0..3 {
                say(&stage, 0).await?;
            }
            let relay = Relay::new(stage.world.db.clone());
            relay.catch_up().await?;
            let log = EventLog::new(stage.world.db.clone(), 10_000);
            let scope = stage.scope(0, "commander").await?;
            let mut live = log.follow(&scope, None).await.map_err(|error| anyhow::anyhow!("{error:?}"))?;
            let beside = stage.scope(1, "commander").await?;
            let mut neighbour =
                log.follow(&beside, None).await.map_err(|error| anyhow::anyhow!("{error:?}"))?;
            let newest = restore(&stage, old.position(), others).await?;
            relay.catch_up().await?;
            let told = next(&mut live).await?;
            let missed = matches!(&told, Some(Told::Missed(Missed::NotKept, place)) if *place == newest);
            ensure!(missed, "{others} others: {told:?}");
            // One word for all of it, and it goes on from there.
            ensure!(next(&mut live).await?.is_none(), "{others} others: something comes twice");
            relay.catch_up().await?;
            ensure!(next(&mut live).await?.is_none(), "{others} others: it is told again and again");
            let said = super::unreadable::say(&stage, 0).await?;
            assert_eq!(relay.step().await?, 1);
            let told = next(&mut live).await?;
            ensure!(matches!(&told, Some(Told::Event(event)) if event.version == said), "{told:?}");
            ensure!(next(&mut neighbour).await?.is_none(), "another district is told of it");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_placed_after_a_restore_is_not_taken_for_the_next_of_before() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        stage.world.relay().await?;
        let old = EventCursor::decode(&place(&stage, 0).await?).map_err(|_| anyhow::anyhow!("no place"))?;
        say(&stage, 0).await?;
        let relay = Relay::new(stage.world.db.clone());
        relay.catch_up().await?;
        let scope = stage.scope(0, "commander").await?;
        let log = EventLog::new(stage.world.db.clone(), 10_000);
        let mut live = log.follow(&scope, None).await.map_err(|error| anyhow::anyhow!("{error:?}"))?;
        // As many events as before, but another one.
        restore(&stage, old.position(), 1).await?;
        super::unreadable::say(&stage, 0).await?;
        assert_eq!(relay.step().await?, 1);
        let told = next(&mut live).await?;
        let newest = stage.world.place_of(scope.tenant(), old.position() + 2).await?;
        let missed = matches!(&told, Some(Told::Missed(Missed::NotKept, place)) if *place == newest);
        ensure!(missed, "{told:?}");
        ensure!(next(&mut live).await?.is_none());
        Ok(())
    })
    .await
}
