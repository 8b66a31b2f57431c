//! What is not taken is sent again, by the schedule and under the same id, until it is taken or given up.

use anyhow::ensure;
use fengqiao_domain::webhooks::Round;
use fengqiao_tests::{Matter, on_backends};
use serde_json::{Value, json};

use super::receiver::{Message, Reply, reply};
use super::{CHANGED, Desk, Hook};

/// Longer than any wait with its jitter.
const DAYS: i64 = 2 * 86_400;
/// The schedule of Standard Webhooks, in seconds.
pub(crate) const WAITS: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

const STATE: &str = "state nextAttemptAt attempts { attemptedAt httpCode fault answer }";

async fn opened(desk: &Desk) -> anyhow::Result<Hook> {
    let station = desk.integrator("xindi.station").await?;
    desk.hook(&station, json!({})).await
}

/// The one delivery of a webhook.
async fn delivery(desk: &Desk, hook: &Hook) -> anyhow::Result<Value> {
    let station = desk.person("xindi.station").await?;
    let all = desk.deliveries(&station, hook, STATE).await?;
    ensure!(all.len() == 1, "{all:?}");
    Ok(all[0].clone())
}

fn ids(messages: &[Message]) -> Vec<String> {
    let mut ids: Vec<String> = messages.iter().map(|message| message.id.clone()).collect();
    ids.dedup();
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_some_times_gets_one_attempt_more_under_the_same_id() -> anyhow::Result<()> {
    on_backends(async |backend| {
        for failures in [1, 3] {
            let desk = Desk::open(backend).await?;
            let hook = opened(&desk).await?;
            let answer = Reply { text: "数据库\u{7}忙\n".repeat(100), ..reply(503) };
            desk.receiver.answers(vec![answer; failures]);
            desk.report().await?;
            for _ in 0..=failures {
                assert_eq!(desk.round().await?.attempts, 1);
                // Nothing is due yet.
                assert_eq!(desk.round().await?, Round::default());
                desk.served.pass_seconds(DAYS);
            }
            assert_eq!(desk.round().await?, Round::default());
            let came = desk.receiver.take();
            assert_eq!(came.len(), failures + 1);
            assert_eq!(ids(&came).len(), 1);
            ensure!(came.windows(2).all(|two| two[0].timestamp < two[1].timestamp), "{came:?}");
            ensure!(came.windows(2).all(|two| two[0].body == two[1].body), "{came:?}");
            let told = delivery(&desk, &hook).await?;
            assert_eq!((&told["state"], &told["nextAttemptAt"]), (&json!("DELIVERED"), &Value::Null));
            let attempts = told["attempts"].as_array().map(Vec::len);
            assert_eq!(attempts, Some(failures + 1));
            let first = &told["attempts"][0];
            assert_eq!((&first["httpCode"], &first["fault"]), (&json!(503), &json!("REFUSED")));
            assert_eq!(first["answer"], json!("数据库忙".repeat(50)));
            assert_eq!(told["attempts"][failures]["fault"], Value::Null);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_runs_to_its_end_and_then_it_is_given_up() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let hook = opened(&desk).await?;
        desk.receiver.always(reply(500));
        desk.report().await?;
        for wait in WAITS {
            assert_eq!(desk.round().await?.attempts, 1, "before {wait}");
            // No wait is a fifth shorter, none a fifth longer.
            desk.served.pass_seconds(wait * 4 / 5 - 1);
            assert_eq!(desk.round().await?.attempts, 0, "after {wait}");
            desk.served.pass_seconds(wait * 2 / 5 + 2);
        }
        assert_eq!(desk.round().await?.attempts, 1);
        desk.served.pass_seconds(DAYS);
        assert_eq!(desk.round().await?, Round::default());
        assert_eq!(desk.receiver.came().len(), 10);
        assert_eq!(delivery(&desk, &hook).await?["state"], json!("FAILED"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_holds_up_its_own_case_and_no_other() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        opened(&desk).await?;
        let station = desk.person("xindi.station").await?;
        let mut first = desk.report().await?;
        first.act(&station, "caseAccept", json!({})).await?;
        desk.receiver.answers([reply(500)]);
        desk.round().await?;
        let second: Matter = desk.report().await?;
        assert_eq!(desk.round().await?, Round { enqueued: 1, attempts: 1 });
        desk.served.pass_seconds(60);
        desk.round().await?;
        let told = desk.receiver.take().into_iter().map(|message| {
            let said = message.said();
            (said["subject"].clone(), said["data"]["version"].clone())
        });
        let wanted = [(&first, 1), (&second, 1), (&first, 1), (&first, 2)];
        let wanted = wanted.map(|(matter, version)| (json!(matter.id), json!(version)));
        assert_eq!(told.collect::<Vec<_>>(), wanted);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_asks_for_time_is_given_it_within_a_day() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        opened(&desk).await?;
        let busy = |seconds: &str| Reply { headers: vec![("retry-after", seconds.to_owned())], ..reply(429) };
        desk.receiver.answers([busy("600"), busy("31536000")]);
        desk.report().await?;
        for (passes, attempts) in [(0, 1), (599, 0), (1, 1), (86_399, 0), (1, 1)] {
            desk.served.pass_seconds(passes);
            assert_eq!(desk.round().await?.attempts, attempts, "after {passes}");
        }
        assert_eq!(ids(&desk.receiver.take()).len(), 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_gone_is_called_no_more() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let hook = opened(&desk).await?;
        desk.receiver.answers([reply(410)]);
        desk.report().await?;
        assert_eq!(desk.round().await?, Round { enqueued: 1, attempts: 1 });
        desk.served.pass_seconds(60);
        desk.report().await?;
        assert_eq!(desk.round().await?, Round::default());
        let station = desk.person("xindi.station").await?;
        let state = desk.read(&station, &hook, "state disabledFor disabledAt").await?;
        let at = "2026-11-22T08:00:00.000000Z";
        assert_eq!(state, json!({"state": "DISABLED", "disabledFor": "GONE", "disabledAt": at}));
        // Enabled again it goes on where it was.
        let input = json!({"webhookId": hook.id});
        let enabled = station.mutate("webhookEnable", CHANGED, input).await?;
        let wanted = json!({"id": hook.id, "version": 3, "state": "ENABLED", "disabledFor": null});
        assert_eq!(enabled.payload()?["webhook"], wanted);
        assert_eq!(desk.round().await?, Round { enqueued: 1, attempts: 2 });
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_for_five_days_is_called_no_more() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let hook = opened(&desk).await?;
        desk.receiver.always(reply(502));
        desk.report().await?;
        for day in 0..6 {
            desk.round().await?;
            let system = desk.person("system.admin").await?;
            let state = desk.read(&system, &hook, "state disabledFor failingSinceAt").await?;
            let (state, reason) = (state["state"].clone(), state["disabledFor"].clone());
            let over = day == 5;
            assert_eq!(state, json!(if over { "DISABLED" } else { "ENABLED" }), "day {day}");
            assert_eq!(reason, if over { json!("FAILING") } else { Value::Null }, "day {day}");
            desk.served.pass_seconds(86_400);
            // Something new every day, so that something is always tried.
            desk.report().await?;
        }
        assert_eq!(desk.round().await?, Round::default());
        let audits = "SELECT count(*) FROM audit_entries WHERE action = 'webhook.disable'";
        assert_eq!(desk.served.world.number(audits).await?, 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_success_makes_good_for_all_failures() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let hook = opened(&desk).await?;
        desk.receiver.always(reply(502));
        desk.report().await?;
        desk.round().await?;
        let system = desk.person("system.admin").await?;
        let since = json!({"failingSinceAt": "2026-11-22T08:00:00.000000Z"});
        assert_eq!(desk.read(&system, &hook, "failingSinceAt").await?, since);
        desk.receiver.always(reply(204));
        desk.served.pass_seconds(60);
        assert_eq!(desk.round().await?.attempts, 1);
        assert_eq!(desk.read(&system, &hook, "failingSinceAt").await?, json!({"failingSinceAt": null}));
        Ok(())
    })
    .await
}
