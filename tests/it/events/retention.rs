//! Events are kept for some days; whoever comes back later is told so.

use std::time::Duration;

use anyhow::ensure;
use fengqiao_tests::on_backends;
use futures::StreamExt as _;
use serde_json::json;

use super::{ASK, FOLLOW, place, say, versions};
use crate::sweep::stage::Stage;

const DAY: i64 = 86_400;

#[tokio::test(flavor = "multi_thread")]
async fn events_are_removed_when_their_time_is_over() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let week = Duration::from_hours(7 * 24);
        let old = place(&stage, 0).await?;
        say(&stage, 0).await?;
        let kept = place(&stage, 0).await?;
        stage.world.clock.advance_seconds(6 * DAY);
        let said = say(&stage, 0).await?;
        let count = "SELECT count(*) FROM outbox_events";
        let all = stage.world.number(count).await?;
        assert_eq!(stage.world.db.sweep_events(week).await?, 0);
        stage.world.clock.advance_seconds(2 * DAY);
        let removed = stage.world.db.sweep_events(week).await?;
        // Of either district the newest is kept and the last before it, however old: by them places are recognised.
        assert_eq!(stage.world.number(count).await?, 4);
        assert_eq!(i64::try_from(removed)?, all - 4);
        assert_eq!(stage.world.db.sweep_events(week).await?, 0);
        let scope = stage.scope(0, "commander").await?;
        let newest = place(&stage, 0).await?;
        let resync = json!({ "__typename": "Resync", "reason": "NOT_KEPT", "cursor": newest });
        let mut items = stage.follow(stage.request(&scope, FOLLOW, &json!({ "after": old })));
        let item = tokio::time::timeout(Duration::from_secs(20), items.next()).await?;
        assert_eq!(serde_json::to_value(item)?["data"]["caseEvents"], resync);
        // Whoever knows the last one that could be removed has missed nothing.
        let answer = stage.ask(&scope, ASK, &json!({ "after": kept })).await?;
        let items = answer["data"]["caseEvents"]["items"].as_array().cloned().unwrap_or_default();
        assert_eq!(versions(&items), [said], "{answer}");
        // What comes later has the next position, and is told to whoever knows the newest.
        let next = say(&stage, 0).await?;
        ensure!(next == said + 1, "{said} {next}");
        let answer = stage.ask(&scope, ASK, &json!({ "after": newest })).await?;
        let items = answer["data"]["caseEvents"]["items"].as_array().cloned().unwrap_or_default();
        assert_eq!(versions(&items), [next]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_its_position_is_never_removed() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        stage.world.relay().await?;
        let scope = stage.scope(0, "commander").await?;
        let case = &stage.mirror.sides[0].cases[0];
        let input =
            json!({ "input": { "caseId": case.id.to_string(), "audience": "EVERYONE", "text": "看过了" } });
        stage.ask(&scope, super::SAY, &input).await?;
        stage.world.clock.advance_seconds(30 * DAY);
        stage.world.db.sweep_events(Duration::from_secs(1)).await?;
        let events = stage.world.relay().await?;
        assert_eq!(events.iter().map(|event| event.name.as_str()).collect::<Vec<_>>(), ["case.commented"]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_far_ahead_keeps_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        for _ in 0..4 {
            say(&stage, 0).await?;
        }
        // The first of all was written by a server whose clock was a year ahead.
        let ahead = stage.world.db.now().micros() + 365 * DAY * 1_000_000;
        let first = format!("UPDATE outbox_events SET occurred_at = {ahead} WHERE position = 1");
        stage.world.run_sql(&first).await?;
        stage.world.clock.advance_seconds(8 * DAY);
        stage.world.db.sweep_events(Duration::from_hours(7 * 24)).await?;
        assert_eq!(stage.world.number("SELECT count(*) FROM outbox_events").await?, 4);
        Ok(())
    })
    .await
}
