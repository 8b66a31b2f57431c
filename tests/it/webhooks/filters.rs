//! A webhook is told what it wants, by event, category and place.

use anyhow::Context as _;
use fengqiao_tests::{Actor, Matter, Places, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, CHANGED, Desk, GRID};

/// The events that came, and the cases that they are about.
fn told(desk: &Desk) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let told = desk.receiver.take().into_iter().map(|message| message.said());
    told.map(|said| (text(&said["type"]), text(&said["subject"]))).collect()
}

async fn accept(desk: &Desk, matter: &mut Matter) -> anyhow::Result<()> {
    matter.act(&desk.person("xindi.station").await?, "caseAccept", json!({})).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_told_of_the_events_that_it_names() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        let hook = desk.hook(&station, json!({"eventTypes": ["case.accepted", "case.closed"]})).await?;
        let mut matter = desk.report().await?;
        accept(&desk, &mut matter).await?;
        desk.round().await?;
        assert_eq!(told(&desk), [("case.accepted".to_owned(), matter.id.clone())]);
        // An empty list is all of them.
        let input = json!({"webhookId": hook.id, "expectedVersion": 1, "eventTypes": []});
        station.mutate("webhookUpdate", CHANGED, input).await?.payload()?;
        let next = desk.report().await?;
        desk.round().await?;
        assert_eq!(told(&desk), [("case.reported".to_owned(), next.id.clone())]);
        Ok(())
    })
    .await
}

/// A category above this one, as somebody reads it.
async fn above(by: &Actor, code: &str) -> anyhow::Result<String> {
    let document = "query($code: String!) { categoryByCode(code: $code) { parent { id } } }";
    let answer = by.run(document, json!({"code": code})).await?;
    Ok(answer.data("categoryByCode/parent/id")?.as_str().context("an id")?.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_told_of_categories_with_those_below_them() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        desk.hook(&station, json!({"categoryIds": [above(&station, CATEGORY).await?]})).await?;
        let resident = desk.person("xindi.resident").await?;
        let wanted = desk.report().await?;
        Matter::report(&resident, GRID, "0501").await?;
        desk.round().await?;
        assert_eq!(told(&desk), [("case.reported".to_owned(), wanted.id)]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_told_of_places_in_a_unit() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let district = desk.integrator("district.command").await?;
        let unit = Places::of(&district).unit("150302101203").await?;
        desk.hook(&district, json!({"unitId": unit})).await?;
        let wanted = desk.report().await?;
        let volunteer = desk.person("binhe.dispatch").await?;
        let elsewhere = "{ grids(first: 100) { nodes { code village { code } } } }";
        let grids = volunteer.run(elsewhere, Value::Null).await?;
        let grids = grids.data("grids/nodes")?.as_array().context("grids")?.clone();
        let other = grids.iter().find(|grid| grid["village"]["code"] != "150302101203");
        let other = other.and_then(|grid| grid["code"].as_str()).context("a grid elsewhere")?;
        Matter::report(&desk.person("hotline.api").await?, other, CATEGORY).await?;
        desk.round().await?;
        assert_eq!(told(&desk), [("case.reported".to_owned(), wanted.id)]);
        Ok(())
    })
    .await
}
