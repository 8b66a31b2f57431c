//! What was told is told again under the id of before, and a test goes the way of every event.

use anyhow::{Context as _, ensure};
use fengqiao_domain::webhooks::Round;
use fengqiao_tests::on_backends;
use serde_json::{Value, json};

use super::Desk;
use super::receiver::reply;

const AGAIN: &str = "replayedCount userErrors { code path }";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_is_told_again_under_the_same_id() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        let hook = desk.hook(&station, json!({})).await?;
        for _ in 0..3 {
            desk.report().await?;
            desk.round().await?;
            desk.served.pass_seconds(60);
        }
        let first = desk.receiver.take();
        assert_eq!(first.len(), 3);
        let input = json!({"webhookId": hook.id, "deliveryIds": [first[1].id]});
        let answer = station.mutate("webhookReplay", AGAIN, input.clone()).await?;
        assert_eq!(answer.payload()?["replayedCount"], json!(1));
        // What waits, waits.
        let answer = station.mutate("webhookReplay", AGAIN, input).await?;
        assert_eq!(answer.payload()?["replayedCount"], json!(0));
        assert_eq!(desk.round().await?, Round { enqueued: 0, attempts: 1 });
        let again = desk.receiver.take();
        assert_eq!((&again[0].id, &again[0].body), (&first[1].id, &first[1].body));
        // By time: the last two.
        let input = json!({"webhookId": hook.id, "fromAt": "2026-11-22T08:01:00Z"});
        let answer = station.mutate("webhookReplay", AGAIN, input).await?;
        assert_eq!(answer.payload()?["replayedCount"], json!(2));
        desk.round().await?;
        let mut again: Vec<String> = desk.receiver.take().into_iter().map(|message| message.id).collect();
        again.sort_unstable();
        assert_eq!(again, [first[1].id.clone(), first[2].id.clone()]);
        let other = desk.hook(&station, json!({})).await?;
        let input = json!({"webhookId": other.id, "deliveryIds": [first[0].id]});
        let foreign = station.mutate("webhookReplay", AGAIN, input).await?;
        assert_eq!(foreign.user_error()?, ("NOT_FOUND".to_owned(), "deliveryIds.0".to_owned()));
        let nothing = station.mutate("webhookReplay", AGAIN, json!({"webhookId": hook.id})).await?;
        assert_eq!(nothing.user_error()?, ("REQUIRED".to_owned(), String::new()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_goes_the_way_of_every_event() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let hotline = desk.person("hotline.api").await?;
        let hook = desk.hook(&hotline, json!({"eventTypes": ["case.closed"]})).await?;
        let selection = "delivery { id eventType state attempts { httpCode } } userErrors { code path }";
        let answer = hotline.mutate("webhookTest", selection, json!({"webhookId": hook.id})).await?;
        let told = answer.payload()?["delivery"].clone();
        let wanted = json!({"id": told["id"], "eventType": "ping", "state": "WAITING", "attempts": []});
        assert_eq!(told, wanted);
        desk.receiver.answers([reply(500)]);
        assert_eq!(desk.round().await?, Round { enqueued: 0, attempts: 1 });
        desk.served.pass_seconds(60);
        assert_eq!(desk.round().await?, Round { enqueued: 0, attempts: 1 });
        let came = desk.receiver.take();
        assert_eq!((came.len(), &json!(came[0].id)), (2, &told["id"]));
        let said = came[1].said();
        assert_eq!(
            (&said["type"], &said["data"], &said["subject"]),
            (&json!("ping"), &json!({}), &Value::Null)
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_kept_is_counted_as_missed() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        // What was before it has its place, and is not counted.
        super::placed(&desk.served).await?;
        let hook = desk.hook(&station, json!({})).await?;
        let payload = "webhook { state disabledFor } userErrors { code path }";
        let input = json!({"webhookId": hook.id});
        let disabled = station.mutate("webhookDisable", payload, input.clone()).await?;
        let wanted = json!({"state": "DISABLED", "disabledFor": "BY_HAND"});
        assert_eq!(disabled.payload()?["webhook"], wanted);
        for _ in 0..3 {
            desk.report().await?;
        }
        super::placed(&desk.served).await?;
        desk.served.pass_seconds(8 * 86_400);
        let kept = desk.report().await?;
        super::placed(&desk.served).await?;
        let week = std::time::Duration::from_hours(7 * 24);
        desk.served.app.services.db.sweep_events(week).await?;
        assert_eq!(desk.round().await?, Round::default());
        let station = desk.person("xindi.station").await?;
        station.mutate("webhookEnable", payload, input).await?.payload()?;
        // The last of those that could be removed is kept.
        assert_eq!(desk.round().await?, Round { enqueued: 2, attempts: 2 });
        let came = desk.receiver.take();
        ensure!(came.iter().any(|message| message.said()["subject"] == json!(kept.id)), "{}", came.len());
        let missed = desk.read(&station, &hook, "missedEventCount").await?;
        assert_eq!(missed, json!({"missedEventCount": 2}));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_is_kept_for_thirty_days() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        let hook = desk.hook(&station, json!({})).await?;
        desk.report().await?;
        desk.round().await?;
        desk.served.pass_seconds(15 * 86_400);
        let kept = desk.report().await?;
        desk.round().await?;
        desk.served.pass_seconds(15 * 86_400);
        assert_eq!(desk.dispatcher.sweep().await?, 0);
        desk.served.pass_seconds(1);
        assert_eq!(desk.dispatcher.sweep().await?, 1);
        let station = desk.person("xindi.station").await?;
        let left = desk.deliveries(&station, &hook, "case { id }").await?;
        assert_eq!(left.first().context("one is left")?["case"]["id"], json!(kept.id));
        assert_eq!(left.len(), 1);
        Ok(())
    })
    .await
}
