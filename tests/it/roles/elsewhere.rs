//! Whoever was moved or has left: what lay with them there they read as far as they hold anything, and act on no more (requirement A4).

use anyhow::Context as _;
use fengqiao_tests::{Actor, Backend, Matter, Places, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{WATER, granted, grid, person};

/// A grid of another town.
const FAR: &str = "150302007003001";

/// A case that lies with the worker of 新地村, who has begun.
async fn begun(backend: Backend) -> anyhow::Result<(Served, Matter)> {
    let served = Served::demo(backend).await?;
    let mut matter = Matter::report(&person(&served, "xindi.resident").await?, &grid(1), WATER).await?;
    let (station, worker) = (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
    matter.act(&station, "caseAccept", json!({})).await?;
    let target = json!({"accountId": account_id(&worker).await?});
    matter.act(&station, "caseDispatch", json!({"target": target})).await?;
    matter.act(&worker, "caseStart", json!({})).await?;
    Ok((served, matter))
}

/// Somebody holds nothing any more of what they held.
async fn lose(served: &Served, who: &Actor) -> anyhow::Result<()> {
    let security = person(served, "security.admin").await?;
    let held = who.run("{ viewer { grants { id } } }", Value::Null).await?;
    for grant in held.data("viewer/grants")?.as_array().context("grants")? {
        let input = json!({"roleGrantId": grant["id"]});
        security.mutate("roleGrantRevoke", "userErrors { code path }", input).await?.payload()?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_moved_reads_what_lay_with_them_and_acts_on_it_no_more() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (served, mut matter) = begun(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let before = matter.read(&worker, "viewerActions { act }").await?;
        assert!(before["viewerActions"].as_array().is_some_and(|acts| !acts.is_empty()), "{before}");
        lose(&served, &worker).await?;
        granted(&served, &worker, "FULL_TIME_WORKER", FAR).await?;
        let read = matter.read(&worker, "number reporter { name { text } } viewerActions { act }").await?;
        assert_eq!(read["number"], matter.number.as_str(), "what was theirs they read");
        assert!(read["reporter"]["name"].is_null(), "{read}");
        assert_eq!(read["viewerActions"], json!([{"act": "COMMENT"}]), "whoever reads it says something");
        let refused = matter.try_act(&worker, "caseComplete", json!({"result": "已修好"})).await?;
        assert_eq!(refused.user_error()?.0, "NOT_PERMITTED");
        // Their station takes it from them.
        let part_time = json!({"accountId": account_id(&person(&served, "xindi.parttime").await?).await?});
        let station = person(&served, "xindi.station").await?;
        matter.act(&station, "caseDispatch", json!({"target": part_time})).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_left_sees_nothing_of_what_lay_with_them() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (served, matter) = begun(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        assert_eq!(matter.read(&worker, "number").await?["number"], matter.number.as_str());
        lose(&served, &worker).await?;
        served.pass_seconds(10);
        assert!(matter.read(&worker, "number").await?.is_null(), "they hold nothing");
        assert_eq!(matter.inbox(&worker).await?, None);
        let listed = worker.run("{ cases { totalCount } }", Value::Null).await?;
        assert_eq!(listed.data("cases/totalCount")?, 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_moved_finds_the_door_of_what_lay_with_them_no_more() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let resident = person(&served, "xindi.resident").await?;
        let places = Places::of(&resident);
        let report = json!({
            "categoryId": places.category(WATER).await?, "place": {"gridId": places.grid(&grid(1)).await?},
            "address": "演示·幸福里三号楼二单元", "title": "漏水", "description": "漏水", "source": "RESIDENT",
        });
        let reported = resident.mutate("caseReport", "case { id number } userErrors { code }", report).await?;
        let case = reported.payload()?["case"].clone();
        let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
        let mut matter = Matter { id: text("id"), number: text("number"), version: 1, case: case.clone() };
        let volunteer = person(&served, "xindi.volunteer").await?;
        let station = person(&served, "xindi.station").await?;
        matter.act(&station, "caseAccept", json!({})).await?;
        let target = json!({"accountId": account_id(&volunteer).await?});
        matter.act(&station, "caseDispatch", json!({"target": target})).await?;
        let door = "place { address { text isMasked } }";
        let told = matter.read(&volunteer, door).await?;
        assert_eq!(told["place"]["address"], json!({"text": "演示·幸福里三号楼二单元", "isMasked": false}));
        lose(&served, &volunteer).await?;
        granted(&served, &volunteer, "FULL_TIME_WORKER", FAR).await?;
        let told = matter.read(&volunteer, door).await?;
        assert_eq!(told["place"]["address"]["isMasked"], true, "{told}");
        Ok(())
    })
    .await
}
