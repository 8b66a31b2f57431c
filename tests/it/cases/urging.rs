//! Haste with a case (催办): asked for by whoever waits for it or answers for it, and nothing else changes.

use fengqiao_tests::{Matter, Places, Served, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, closed, in_hand, person};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_it_or_answers_for_it_asks_for_haste() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (resident, station) =
            (person(&served, "xindi.resident").await?, person(&served, "xindi.station").await?);
        let worker = person(&served, "xindi.worker").await?;
        let mut matter = in_hand(&served).await?;
        let others = [
            ("xindi.resident2", "NOT_FOUND"),
            ("xindi.worker", "NOT_PERMITTED"),
            ("xindi.parttime", "NOT_PERMITTED"),
        ];
        for (login, code) in others {
            let answer = matter.try_act(&person(&served, login).await?, "caseUrge", json!({})).await?;
            assert_eq!(answer.user_error()?, (code.to_owned(), "caseId".to_owned()), "{login}");
        }
        assert!(matter.actions(&resident).await?.contains(&"URGE".to_owned()));
        assert!(!matter.actions(&worker).await?.contains(&"URGE".to_owned()));

        assert_eq!(matter.act(&resident, "caseUrge", json!({"note": "水还在漏"})).await?, "HANDLING");
        assert_eq!(matter.act(&station, "caseUrge", json!({})).await?, "HANDLING");
        assert_eq!(matter.case["assignee"]["login"], "xindi.worker", "whom it lies with stays");
        assert_eq!(matter.inbox(&worker).await?, Some("DOING"), "and the box it lies in");
        let entries = json!([
            {"act": "URGE", "text": "水还在漏", "audience": "EVERYONE"},
            {"act": "URGE", "text": null, "audience": "EVERYONE"},
        ]);
        for reader in [&resident, &worker] {
            let read =
                matter.read(reader, "urgings timeline(last: 2) { nodes { act text audience } }").await?;
            assert_eq!((&read["urgings"], &read["timeline"]["nodes"]), (&json!(2), &entries));
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_hurries_what_stands_still_or_is_over() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (resident, station) =
            (person(&served, "xindi.resident").await?, person(&served, "xindi.station").await?);
        let mut matter = in_hand(&served).await?;
        matter.act(&station, "casePause", json!({"reason": "等待材料"})).await?;
        let paused = matter.try_act(&resident, "caseUrge", json!({})).await?;
        assert_eq!(paused.user_error()?, ("PAUSED".to_owned(), "caseId".to_owned()));
        let over = closed(&served).await?.try_act(&resident, "caseUrge", json!({})).await?;
        assert_eq!(over.user_error()?, ("ILLEGAL_TRANSITION".to_owned(), "caseId".to_owned()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anonymous_reporter_is_not_named_by_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (resident, station) =
            (person(&served, "xindi.resident").await?, person(&served, "xindi.station").await?);
        let town = person(&served, "qianlishan.dispatch").await?;
        let places = Places::of(&resident);
        let input = json!({
            "categoryId": places.category(CATEGORY).await?, "place": {"gridId": places.grid(GRID).await?},
            "title": "举报", "description": "述", "source": "RESIDENT", "reporter": {"isAnonymous": true},
        });
        let answer = resident.mutate("caseReport", "case { id number } userErrors { code }", input).await?;
        let case = answer.payload()?["case"].clone();
        let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
        let mut matter = Matter { id: text("id"), number: text("number"), version: 1, case: Value::Null };
        matter.act(&resident, "caseUrge", json!({})).await?;
        let own = matter.try_act(&station, "caseUrge", json!({})).await?;
        assert_eq!(own.user_error()?.0, "NOT_PERMITTED", "it lies with the station itself");
        matter.act(&town, "caseUrge", json!({})).await?;
        let read = matter.read(&station, "timeline(last: 2) { nodes { act actor { login } } }").await?;
        let wanted =
            json!([{"act": "URGE", "actor": null}, {"act": "URGE", "actor": {"login": "qianlishan.dispatch"}}]);
        assert_eq!(read["timeline"]["nodes"], wanted);
        Ok(())
    })
    .await
}
