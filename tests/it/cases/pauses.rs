//! A case that stands still (挂起): nobody works on it, and its time does not count, nor while it was closed.

use fengqiao_tests::{Matter, Served, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, closed, in_hand, person};

const HOUR: i64 = 3_600;
const CLOCK: &str = "pausedAt dueAt clock { dueAt consumedMinutes pausedMinutes light explanation }";

#[tokio::test(flavor = "multi_thread")]
async fn while_it_stands_still_nothing_is_done_with_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, worker) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
        let mut matter = in_hand(&served).await?;
        let reason = json!({"reason": "等待材料"});
        let own = matter.try_act(&worker, "casePause", reason.clone()).await?;
        assert_eq!(own.user_error()?.0, "NOT_PERMITTED", "nobody stops their own clock");
        let idle = matter.try_act(&station, "caseResume", json!({})).await?;
        assert_eq!(idle.user_error()?.0, "NOT_PAUSED");
        let silent = matter.try_act(&station, "casePause", json!({"reason": " "})).await?;
        assert_eq!(silent.user_error()?, ("REQUIRED".to_owned(), "reason".to_owned()));

        assert_eq!(matter.act(&station, "casePause", reason.clone()).await?, "HANDLING");
        let work = [
            ("caseComplete", json!({"result": "已修好"})),
            ("caseReturn", json!({"reason": "不归我"})),
            ("caseHandUp", json!({"reason": "办不了"})),
        ];
        for (act, input) in work {
            let answer = matter.try_act(&worker, act, input).await?;
            assert_eq!(answer.user_error()?, ("PAUSED".to_owned(), "caseId".to_owned()), "{act}");
        }
        assert_eq!(matter.try_act(&station, "casePause", reason).await?.user_error()?.0, "PAUSED");
        assert_eq!(matter.actions(&worker).await?, ["RESUME", "COMMENT"]);
        assert_eq!(matter.inbox(&worker).await?, Some("DOING"), "it waits where it was");

        assert_eq!(matter.act(&worker, "caseResume", json!({"note": "材料已到"})).await?, "HANDLING");
        assert_eq!(matter.act(&worker, "caseComplete", json!({"result": "已修好"})).await?, "RESOLVED");
        let read = matter.read(&station, "timeline(last: 3) { nodes { act text } }").await?;
        let wanted = json!([
            {"act": "PAUSE", "text": "等待材料"}, {"act": "RESUME", "text": "材料已到"},
            {"act": "COMPLETE", "text": "已修好"},
        ]);
        assert_eq!(read["timeline"]["nodes"], wanted);
        Ok(())
    })
    .await
}

/// The part-time worker of the same grid sees what lies with the full-time worker, and answers for none of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_lets_nothing_go_on() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, colleague) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.parttime").await?);
        let mut matter = in_hand(&served).await?;
        matter.act(&station, "casePause", json!({"reason": "等待材料"})).await?;
        let refused = matter.try_act(&colleague, "caseResume", json!({})).await?;
        assert_eq!(refused.user_error()?, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()));
        assert_eq!(matter.actions(&colleague).await?, ["COMMENT"]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_holds_a_case_does_not_touch_its_clock() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let mut matter = Matter::report(&person(&served, "xindi.resident").await?, GRID, CATEGORY).await?;
        let station = person(&served, "xindi.station").await?;
        matter.act(&station, "caseAccept", json!({})).await?;
        let acts = [
            ("casePause", json!({"reason": "等待材料"})),
            ("caseExtend", json!({"amount": 1, "reason": "配件未到"})),
        ];
        for (act, input) in &acts {
            let answer = matter.try_act(&station, act, input.clone()).await?;
            assert_eq!(answer.user_error()?, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()), "{act}");
        }
        let town = person(&served, "qianlishan.dispatch").await?;
        for (act, input) in acts {
            matter.act(&town, act, input).await?;
        }
        // Taken back, it does not stand still any more.
        matter.act(&person(&served, "xindi.resident").await?, "caseWithdraw", json!({})).await?;
        assert_eq!(
            matter.read(&station, "state pausedAt").await?,
            json!({"state": "WITHDRAWN", "pausedAt": null})
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn its_time_does_not_count_meanwhile() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        // Reported at 16:00 on a Sunday, with 24 hours day and night.
        let mut matter = in_hand(&served).await?;
        served.pass_seconds(2 * HOUR);
        let station = person(&served, "xindi.station").await?;
        matter.act(&station, "casePause", json!({"reason": "等待材料"})).await?;
        served.pass_seconds(100 * HOUR);
        let station = person(&served, "xindi.station").await?;
        let read = matter.read(&station, CLOCK).await?;
        assert_eq!((&read["pausedAt"], &read["dueAt"]), (&json!("2026-11-22T10:00:00.000000Z"), &Value::Null));
        let clock = &read["clock"];
        assert_eq!(
            (&clock["dueAt"], &clock["consumedMinutes"], &clock["pausedMinutes"], &clock["light"]),
            (&Value::Null, &json!(120), &json!(6_000), &json!("GREEN"))
        );
        let told = clock["explanation"].as_str().unwrap_or_default();
        assert!(told.ends_with("，挂起的 6000 分钟不计；现已挂起，恢复后重新推算到期时间。"), "{told}");
        let overdue = "{ cases(filter: {dueBefore: \"2030-01-01T00:00:00Z\", states: [HANDLING]}, first: 100) { nodes { id } } }";
        let listed = station.run(overdue, json!({})).await?;
        assert!(!listed.text.contains(&matter.id), "it is due at no time");

        matter.act(&station, "caseResume", json!({})).await?;
        served.pass_seconds(HOUR);
        let read = matter.read(&person(&served, "xindi.station").await?, CLOCK).await?;
        let due = json!("2026-11-27T12:00:00.000000Z");
        assert_eq!((&read["pausedAt"], &read["dueAt"], &read["clock"]["dueAt"]), (&Value::Null, &due, &due));
        let clock = &read["clock"];
        assert_eq!((&clock["consumedMinutes"], &clock["pausedMinutes"]), (&json!(180), &json!(6_000)));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_while_it_was_closed() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let mut matter = closed(&served).await?;
        served.pass_seconds(70 * HOUR);
        let station = person(&served, "xindi.station").await?;
        matter.act(&station, "caseReopen", json!({"reason": "又漏水了"})).await?;
        let clock = matter.read(&station, CLOCK).await?["clock"].clone();
        assert_eq!(
            (&clock["consumedMinutes"], &clock["pausedMinutes"], &clock["light"]),
            (&json!(0), &json!(4_200), &json!("GREEN"))
        );
        assert_eq!(clock["dueAt"], "2026-11-26T06:00:00.000000Z");
        Ok(())
    })
    .await
}
