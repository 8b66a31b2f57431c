//! Every figure that was published of the demo's districts, told by the product: `demo/README.md` names the
//! sources.

use anyhow::Context as _;
use fengqiao_tests::{Actor, Places, Served, on_backends};
use serde_json::{Value, json};

/// People, planned numbers and appointments by code of the post, in a unit.
async fn roster(by: &Actor, unit: &str) -> anyhow::Result<Value> {
    let document = "query($unit: ID!) { roster(unitId: $unit) {
        lines { postKind { code } plannedCount peopleCount appointmentCount } } }";
    let unit = Places::of(by).unit(unit).await?;
    let answer = by.run(document, json!({ "unit": unit })).await?;
    let lines = answer.data("roster/lines")?.as_array().cloned().unwrap_or_default();
    let line = |line: &Value| {
        let code = line["postKind"]["code"].as_str().unwrap_or_default().to_owned();
        let numbers = ["peopleCount", "plannedCount", "appointmentCount"].map(|field| line[field].clone());
        (code, json!(numbers))
    };
    Ok(Value::Object(lines.iter().map(line).collect()))
}

async fn count(by: &Actor, document: &str, variables: Value) -> anyhow::Result<u64> {
    let answer = by.run(document, variables).await?;
    answer.data("counted/totalCount")?.as_u64().context("a number")
}

/// Cases of a place in some states and categories that were entered in a span, month by month: a list counts no
/// further than 10,000.
async fn cases(by: &Actor, filter: &Value, years: std::ops::RangeInclusive<i32>) -> anyhow::Result<u64> {
    let document = "query($filter: CaseFilter!) { counted: cases(filter: $filter) { totalCount } }";
    let first = |year: i32, month: i32| format!("{year}-{month:02}-01T00:00:00+08:00");
    let mut found = 0;
    for year in years {
        for month in 1..=12 {
            let next = if month == 12 { first(year + 1, 1) } else { first(year, month + 1) };
            let mut filter = filter.clone();
            filter["opened"] = json!({ "from": first(year, month), "until": next });
            found += count(by, document, json!({ "filter": filter })).await?;
        }
    }
    Ok(found)
}

/// How many were reported and how many of them closed.
async fn reported_and_closed(
    by: &Actor,
    unit: &str,
    categories: &[&str],
    years: std::ops::RangeInclusive<i32>,
) -> anyhow::Result<(u64, u64)> {
    let places = Places::of(by);
    let mut ids = vec![];
    for code in categories {
        ids.push(places.category(code).await?);
    }
    let mut filter = json!({ "place": { "unitId": places.unit(unit).await? } });
    if !ids.is_empty() {
        filter["categoryIds"] = json!(ids);
    }
    let reported = cases(by, &filter, years.clone()).await?;
    filter["states"] = json!(["CLOSED"]);
    Ok((reported, cases(by, &filter, years).await?))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_published_figures_are_what_the_product_counts() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::published(backend).await?;
        haibowan(&served.sign_in("district.command@150302").await?).await?;
        let pingsha = served.sign_in("district.command@440404").await?;
        let (reported, closed) = reported_and_closed(&pingsha, "440404104", &[], 2020..=2022).await?;
        assert_eq!((reported, closed), (24_473, 23_798));
        assert_eq!(closed * 10_000 / reported, 9_724, "97.24 %");
        let tieshan = served.sign_in("district.command@370211").await?;
        assert_eq!(reported_and_closed(&tieshan, "370211011", &["03"], 2019..=2019).await?, (394, 353));
        assert_eq!(reported_and_closed(&tieshan, "370211011", &["04"], 2019..=2019).await?, (82, 60));
        for (kind, problems) in [("0401", 23), ("0402", 40), ("0403", 11), ("0404", 8)] {
            let (found, _) = reported_and_closed(&tieshan, "370211011", &[kind], 2019..=2019).await?;
            assert_eq!(found, problems, "{kind}");
        }
        let magong = served.sign_in("district.command@441502").await?;
        assert_eq!(reported_and_closed(&magong, "441502007", &["01"], 2023..=2024).await?, (36, 36));
        let events = ["02", "05", "08", "11"];
        assert_eq!(reported_and_closed(&magong, "441502007", &events, 2023..=2024).await?, (1_784, 1_784));
        Ok(())
    })
    .await
}

async fn haibowan(commander: &Actor) -> anyhow::Result<()> {
    let district = roster(commander, "150302").await?;
    assert_eq!(district["grid_chief"], json!([270, 0, 435]));
    assert_eq!(district["grid_instructor"][0], 41);
    assert_eq!(district["embedded_police"], json!([41, 0, 41]));
    assert_eq!(district["part_time_worker"][0], 1_112);
    let (mut urban, mut urban_planned) = (0, 0);
    for town in ["001", "002", "003", "004", "007", "008"] {
        let town = roster(commander, &format!("150302{town}")).await?;
        urban += town["full_time_worker"][0].as_u64().context("people")?;
        urban_planned += town["full_time_worker"][1].as_u64().context("planned")?;
    }
    assert_eq!((urban, urban_planned), (371, 371));
    assert_eq!(roster(commander, "150302101").await?["full_time_worker"][1], 31);
    let grids = "{ counted: grids { totalCount } }";
    assert_eq!(count(commander, grids, Value::Null).await?, 435);
    let teams = "{ counted: teams(filter: {kind: VOLUNTEER}) { totalCount } }";
    assert_eq!(count(commander, teams, Value::Null).await?, 41);
    let towns = "query($state: UnitState) {
        counted: units(filter: {level: TOWN, state: $state}) { totalCount } }";
    assert_eq!(count(commander, towns, json!({ "state": "BUILDING" })).await?, 5);
    assert_eq!(count(commander, towns, json!({ "state": "LIVE" })).await?, 2);
    let villages = "{ units(filter: {level: VILLAGE}, first: 100) { nodes { isPilot } } }";
    let answer = commander.run(villages, Value::Null).await?;
    let villages = answer.data("units/nodes")?.as_array().cloned().unwrap_or_default();
    assert_eq!(villages.iter().filter(|village| village["isPilot"] == true).count(), 7);
    Ok(())
}
