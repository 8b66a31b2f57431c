//! An anonymous report does not tell who made it, wherever it is read.

use anyhow::ensure;
use fengqiao_tests::{Matter, Places, Served, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, person};

const FOLLOWED: &str = "subscription($after: String) { caseEvents(after: $after) { ... on Resync { reason }
    ... on CaseEventDelivery { event { ... on CaseReported { actor { login } caseNumber } } } } }";
const READ: &str =
    "reporter { isAnonymous name { text } phone { text } } timeline { nodes { act actor { login } } }";

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_the_reporter_learns_who_reported() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let resident = person(&served, "xindi.resident").await?;
        let station = person(&served, "xindi.station").await?;
        let mut following = station.subscribe(FOLLOWED).await?;
        let places = Places::of(&resident);
        let (category, grid) = (places.category(CATEGORY).await?, places.grid(GRID).await?);
        let input = json!({"categoryId": category, "place": {"gridId": grid}, "title": "举报", "description": "述",
            "source": "RESIDENT",
            "reporter": {"name": "演示·报事人", "phone": "10070009999", "isAnonymous": true}});
        let answer = resident.mutate("caseReport", "case { id number } userErrors { code }", input).await?;
        let text = |key: &str| anyhow::Ok(answer.payload()?["case"][key].as_str().unwrap_or_default().to_owned());
        let matter = Matter { id: text("id")?, number: text("number")?, version: 1, case: Value::Null };
        assert_eq!(following.event().await?["actor"], Value::Null);
        for login in ["xindi.station", "xindi.worker", "qianlishan.dispatch", "district.command"] {
            let read = matter.read(&person(&served, login).await?, READ).await?;
            assert_eq!(read["reporter"], json!({"isAnonymous": true, "name": null, "phone": null}), "{login}");
            assert_eq!(read["timeline"]["nodes"][0], json!({"act": "REPORT", "actor": null}), "{login}");
        }
        let own = matter.read(&resident, READ).await?;
        assert_eq!(own["reporter"]["phone"]["text"], "100****9999", "{own}");
        ensure!(!own.to_string().contains("10070009999"), "masked for the reporter too");
        // What was typed is in no column as it was typed.
        let rows = served.world.rows("cases").await?;
        ensure!(rows.iter().all(|row| !row.contains("10070009999") && !row.contains("演示·报事人")));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_found_it_and_takes_it_up_does_so_by_name() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (chief, station) =
            (person(&served, "xindi.chief").await?, person(&served, "xindi.station").await?);
        let places = Places::of(&chief);
        let input = json!({"categoryId": places.category(CATEGORY).await?, "title": "举报", "description": "述",
            "place": {"gridId": places.grid(GRID).await?}, "source": "PATROL",
            "reporter": {"isAnonymous": true}});
        let answer = chief.mutate("caseReport", "case { id number } userErrors { code }", input).await?;
        let text = |key: &str| anyhow::Ok(answer.payload()?["case"][key].as_str().unwrap_or_default().to_owned());
        let mut matter = Matter { id: text("id")?, number: text("number")?, version: 1, case: Value::Null };
        matter.act(&chief, "caseAccept", json!({})).await?;
        let read = matter.read(&station, "timeline { nodes { act actor { login } } }").await?;
        assert_eq!(
            read["timeline"]["nodes"],
            json!([
                {"act": "REPORT", "actor": null},
                {"act": "ACCEPT", "actor": {"login": "xindi.chief"}},
            ])
        );
        Ok(())
    })
    .await
}
