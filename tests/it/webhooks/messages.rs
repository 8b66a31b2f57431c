//! What comes: thin, signed, and nothing that people typed.

use anyhow::{Context as _, ensure};
use fengqiao_domain::webhooks::Round;
use fengqiao_tests::{Places, account_id, on_backends};
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use super::receiver::Message;
use super::{CATEGORY, Desk, GRID, Hook, ISSUED};

/// Whether the reference library would take one of the signatures of a message.
fn is_signed(message: &Message, secret: &str) -> anyhow::Result<bool> {
    let signature = Webhook::new(secret)?.sign(&message.id, message.timestamp, message.body.as_bytes())?;
    Ok(message.signature.split(' ').any(|one| one == signature))
}

fn one(desk: &Desk) -> anyhow::Result<Message> {
    let came = desk.receiver.take();
    ensure!(came.len() == 1, "{came:?}");
    came.into_iter().next().context("a message")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_is_signed_thin_and_as_the_specifications_say() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        let hook = desk.hook(&station, json!({})).await?;
        let resident = desk.person("xindi.resident").await?;
        let matter = desk.report().await?;
        assert_eq!(desk.round().await?, Round { enqueued: 1, attempts: 1 });
        let message = one(&desk)?;
        let event = desk.served.world.number("SELECT max(position) FROM outbox_events").await?;
        ensure!(event > 0, "no events");
        let said = message.said();
        let id = said["id"].as_str().unwrap_or_default();
        ensure!(id.starts_with("event_"), "{id}");
        let wanted = json!({
            "specversion": "1.0", "id": id, "source": "/tenants/150302", "type": "case.reported",
            "subject": matter.id, "time": "2026-11-22T08:00:00.000000Z", "datacontenttype": "application/json",
            "data": {
                "caseId": matter.id, "caseNumber": matter.number,
                "categoryId": Places::of(&station).category(CATEGORY).await?, "act": "REPORT",
                "fromState": null, "toState": "REPORTED", "level": said["data"]["level"], "version": 1,
                "actorId": account_id(&resident).await?,
            },
        });
        assert_eq!(said, wanted);
        assert_eq!(said["data"]["level"], matter.read(&station, "level").await?["level"]);
        assert_eq!(message.content_type, "application/json");
        ensure!(message.body.len() < 20_000 && message.id.starts_with("delivery_"), "{message:?}");
        assert_eq!(message.timestamp, 1_795_334_400);
        assert_eq!(message.signature.matches("v1,").count(), 1);
        ensure!(is_signed(&message, &hook.secret)?, "{message:?}");
        let tampered = Message { body: message.body.replace("REPORTED", "CLOSED"), ..message.clone() };
        ensure!(!is_signed(&tampered, &hook.secret)?, "a tampered message passes");
        let later = Message { timestamp: message.timestamp + 1, ..message };
        ensure!(!is_signed(&later, &hook.secret)?, "a message of another time passes");
        assert_eq!(desk.round().await?, Round::default());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anonymous_reporter_is_not_named() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        desk.hook(&station, json!({})).await?;
        let resident = desk.person("xindi.resident").await?;
        let places = Places::of(&resident);
        let input = json!({
            "categoryId": places.category(CATEGORY).await?, "place": {"gridId": places.grid(GRID).await?},
            "title": "不便具名的事", "description": "演示", "source": "RESIDENT", "reporter": {"isAnonymous": true},
        });
        resident.mutate("caseReport", "case { id } userErrors { code path }", input).await?.payload()?;
        desk.round().await?;
        let message = one(&desk)?;
        assert_eq!(message.said()["data"]["actorId"], Value::Null);
        let account = account_id(&resident).await?;
        ensure!(!message.body.contains(&account) && !message.body.contains("不便具名"), "{}", message.body);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_rotation_both_secrets_sign_for_a_day() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        let old = desk.hook(&station, json!({})).await?;
        let input = json!({"webhookId": old.id});
        let answer = station.mutate("webhookRotateSecret", ISSUED, input).await?;
        let secret = answer.payload()?["secret"].as_str().context("a secret")?.to_owned();
        ensure!(secret != old.secret && secret.starts_with("whsec_"), "{secret}");
        let new = Hook { secret, ..old.clone() };
        let until = desk.read(&station, &old, "oldSecretEndsAt").await?;
        assert_eq!(until, json!({"oldSecretEndsAt": "2026-11-23T08:00:00.000000Z"}));
        for (seconds, signatures) in [(0, 2), (86_399, 2), (1, 1)] {
            desk.served.pass_seconds(seconds);
            desk.report().await?;
            desk.round().await?;
            let message = one(&desk)?;
            ensure!(is_signed(&message, &new.secret)?, "{message:?}");
            assert_eq!(is_signed(&message, &old.secret)?, signatures == 2);
            assert_eq!(message.signature.matches("v1,").count(), signatures);
        }
        // Neither the secrets nor anything of them lies in the database as it is.
        let rows = desk.served.world.rows("webhooks").await?.concat();
        ensure!(!rows.contains(&new.secret) && !rows.contains(&old.secret), "{rows}");
        Ok(())
    })
    .await
}
