//! A village is taken over by one of another town: its cases go on there, and whoever follows the
//! successor hears of them.

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Events, Matter, Places, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::people::{CATEGORY, GRID};

/// 新地村 of 千里山镇.
const OLD: &str = "150302101203";
/// 新丰村 of the same town.
const BESIDE: &str = "150302101206";
/// 白楼社区 of 滨河街道.
const NEW: &str = "150302007003";
const NEW_TOWN: &str = "150302007";

async fn take_over(by: &Actor) -> anyhow::Result<()> {
    let places = Places::of(by);
    let input = json!({"predecessorIds": [places.unit(OLD).await?], "effectiveOn": "2026-11-22",
        "successorId": places.unit(NEW).await?});
    by.mutate("unitMerge", "unit { id } userErrors { code path }", input).await?.payload().map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_of_a_village_taken_over_is_handed_up_to_the_present_town() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let person = async |login: &str| served.sign_in(&format!("{login}@150302")).await;
        let mut matter = Matter::report(&person("xindi.resident").await?, GRID, CATEGORY).await?;
        let mut with_worker = Matter::report(&person("xindi.resident").await?, GRID, CATEGORY).await?;
        take_over(&person("system.admin").await?).await?;
        let (station, town) = (person("bailou.station").await?, person("binhe.dispatch").await?);
        assert_eq!(matter.act(&station, "caseAccept", json!({})).await?, "ACCEPTED");
        matter.act(&station, "caseHandUp", json!({"reason": "村里不能处理"})).await?;
        assert_eq!(matter.case["assignee"]["code"], NEW_TOWN);
        assert_eq!(matter.case["level"], "TOWN");
        assert_eq!(matter.inbox(&town).await?, Some("TODO"));
        matter.act(&town, "caseHandUp", json!({"reason": "街道不能处理"})).await?;
        assert_eq!(matter.case["level"], "DISTRICT");
        // Somebody of the old village works on it, and not the station as such.
        let before = person("xindi.station").await?;
        with_worker.act(&station, "caseAccept", json!({})).await?;
        let to = json!({"target": {"accountId": account_id(&before).await?}, "reason": "请继续办理"});
        with_worker.act(&station, "caseDispatch", to).await?;
        with_worker.act(&before, "caseStart", json!({})).await?;
        assert_eq!(with_worker.case["level"], "VILLAGE");
        with_worker.act(&before, "caseHandUp", json!({"reason": "村里不能处理"})).await?;
        assert_eq!(with_worker.case["assignee"]["code"], NEW_TOWN);
        Ok(())
    })
    .await
}

async fn follow(by: &Actor, unit: &str) -> anyhow::Result<Events> {
    by.subscribe(&format!(
        "subscription($after: String) {{ caseEvents(filter: {{unitId: \"{unit}\"}}, after: $after) {{
            ... on Resync {{ reason }}
            ... on CaseEventDelivery {{ event {{ __typename ... on CaseReported {{ caseNumber }}
                ... on CaseAccepted {{ caseNumber }} ... on CaseCommented {{ caseNumber }} }} }} }} }}"
    ))
    .await
}

async fn heard(events: &mut Events) -> anyhow::Result<(String, String)> {
    let event = events.event().await?;
    let text = |key: &str| event[key].as_str().map(str::to_owned).with_context(|| format!("{event}"));
    Ok((text("__typename")?, text("caseNumber")?))
}

async fn comment(matter: &mut Matter, by: &Actor) -> anyhow::Result<()> {
    matter.act(by, "caseComment", json!({"text": "已知悉", "audience": "STAFF"})).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_follows_the_successor_hears_of_its_predecessors_cases() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let person = async |login: &str| served.sign_in(&format!("{login}@150302")).await;
        let commander = person("district.command").await?;
        let mut matter = Matter::report(&person("xindi.resident").await?, GRID, CATEGORY).await?;
        let mut other =
            Matter::report(&person("xinfeng.resident").await?, &format!("{BESIDE}001"), CATEGORY).await?;
        let places = Places::of(&commander);
        let (new, town) = (places.unit(NEW).await?, places.unit(NEW_TOWN).await?);
        // Those who follow already learn of the merger as it happens.
        let mut before = [follow(&commander, &new).await?, follow(&commander, &town).await?];
        take_over(&person("system.admin").await?).await?;
        let mut after = [follow(&commander, &new).await?, follow(&commander, &town).await?];
        comment(&mut other, &commander).await?;
        comment(&mut matter, &commander).await?;
        let expected = ("CaseCommented".to_owned(), matter.number.clone());
        for events in before.iter_mut().chain(&mut after) {
            assert_eq!(heard(events).await?, expected);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_follows_the_district_hears_of_all_its_cases() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let commander = served.sign_in("district.command@150302").await?;
        let district = Places::of(&commander).unit("150302").await?;
        let mut events = follow(&commander, &district).await?;
        let resident = served.sign_in("xindi.resident@150302").await?;
        let matter = Matter::report(&resident, GRID, CATEGORY).await?;
        assert_eq!(heard(&mut events).await?, ("CaseReported".to_owned(), matter.number.clone()));
        let read = matter.read(&commander, "id").await?;
        ensure!(read != Value::Null, "the commander sees it");
        Ok(())
    })
    .await
}
