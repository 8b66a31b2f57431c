//! What nobody can read of events or of what is enqueued, as a newer program or a bad disk may leave it, holds up nothing else.

use fengqiao_domain::webhooks::Round;
use fengqiao_tests::on_backends;
use serde_json::{Value, json};

use super::receiver::reply;
use super::{Desk, placed};

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_cannot_be_read_is_counted_and_the_next_are_told() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        let hook = desk.hook(&station, json!({})).await?;
        let lost = desk.report().await?;
        placed(&desk.served).await?;
        let newest = "position = (SELECT max(position) FROM outbox_events)";
        desk.served
            .world
            .run_sql(&format!("UPDATE outbox_events SET scope_after = '[' WHERE {newest}"))
            .await?;
        let told = desk.report().await?;
        assert_eq!(desk.round().await?, Round { enqueued: 1, attempts: 1 });
        let came = desk.receiver.take();
        let subjects: Vec<Value> = came.iter().map(|message| message.said()["subject"].clone()).collect();
        assert_eq!(subjects, [json!(told.id)], "{} was not to be told", lost.id);
        // Whoever looks sees that one is missing.
        assert_eq!(desk.read(&station, &hook, "missedEventCount").await?["missedEventCount"], json!(1));
        assert_eq!(desk.round().await?, Round::default());
        assert_eq!(desk.read(&station, &hook, "missedEventCount").await?["missedEventCount"], json!(1));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_enqueued_and_cannot_be_judged_is_withheld_and_the_next_is_sent() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        let hook = desk.hook(&station, json!({})).await?;
        desk.report().await?;
        desk.receiver.answers([reply(500)]);
        assert_eq!(desk.round().await?, Round { enqueued: 1, attempts: 1 });
        desk.served.world.run_sql("UPDATE webhook_deliveries SET sight = '{'").await?;
        let told = desk.report().await?;
        desk.served.pass_seconds(60);
        assert_eq!(desk.round().await?, Round { enqueued: 1, attempts: 1 });
        let came = desk.receiver.take();
        assert_eq!(came.len(), 2);
        assert_eq!(came[1].said()["subject"], json!(told.id));
        assert_eq!(desk.round().await?, Round::default());
        let states = desk.deliveries(&station, &hook, "state").await?;
        assert_eq!(states, [json!({"state": "DELIVERED"}), json!({"state": "WITHHELD"})]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_whose_attempts_cannot_be_read_is_sent_all_the_same() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        let hook = desk.hook(&station, json!({})).await?;
        desk.report().await?;
        desk.receiver.answers([reply(500)]);
        desk.round().await?;
        desk.served.world.run_sql("UPDATE webhook_deliveries SET attempts = '{'").await?;
        desk.served.pass_seconds(60);
        assert_eq!(desk.round().await?, Round { enqueued: 0, attempts: 1 });
        let rows = desk.deliveries(&station, &hook, "state attempts { httpCode }").await?;
        assert_eq!(rows, [json!({"state": "DELIVERED", "attempts": [{"httpCode": 204}]})]);
        desk.served.pass_seconds(60);
        assert_eq!(desk.round().await?, Round::default());
        assert_eq!(desk.receiver.take().len(), 2);
        Ok(())
    })
    .await
}
