//! Lists, counts and names of cases and of visits hold exactly what the plain rules say, none more and none less.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::id::UnitId;
use fengqiao_tests::{Side, Spot, on_backends};
use serde_json::{Value, json};

use crate::sweep::reach::{CALLERS, sees, sees_visit};
use crate::sweep::stage::Stage;

const ASK: &str =
    "query($ids: [ID!]!) { cases(first: 100) { totalCount nodes { id } } nodes(ids: $ids) { id } }";

fn listed(nodes: &Value) -> anyhow::Result<BTreeSet<&str>> {
    let nodes = nodes.as_array().context("no list")?;
    Ok(nodes.iter().filter_map(|node| node["id"].as_str()).collect())
}

async fn asked(stage: &Stage, login: &str) -> anyhow::Result<()> {
    let side = &stage.mirror.sides[0];
    let mut expected = BTreeMap::new();
    for case in &side.cases {
        expected.insert(case.id.to_string(), sees(side, login, case)?);
    }
    let ids: Vec<&String> = expected.keys().collect();
    let scope = stage.scope(0, login).await?;
    let answer = stage.ask(&scope, ASK, &json!({ "ids": ids })).await?;
    let wanted: BTreeSet<&str> =
        expected.iter().filter(|(_, seen)| **seen).map(|(id, _)| id.as_str()).collect();
    let data = &answer["data"];
    for (how, got) in [("lists", listed(&data["cases"]["nodes"])?), ("names", listed(&data["nodes"])?)] {
        let (more, less) = (&got - &wanted, &wanted - &got);
        let wrong = side.cases.iter().find(|case| {
            let id = case.id.to_string();
            more.contains(id.as_str()) || less.contains(id.as_str())
        });
        ensure!(
            more.is_empty() && less.is_empty(),
            "{login} {how} {} too many, {} too few, such as {wrong:?}",
            more.len(),
            less.len()
        );
    }
    ensure!(data["cases"]["totalCount"] == json!(wanted.len()), "{login} counts: {answer}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_sees_exactly_their_cases() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        for login in CALLERS {
            asked(&stage, login).await.with_context(|| login.to_owned())?;
        }
        Ok(())
    })
    .await
}

const ASK_VISITS: &str =
    "query($ids: [ID!]!) { visits(first: 100) { totalCount nodes { id findings } } nodes(ids: $ids) { id } }";

#[tokio::test(flavor = "multi_thread")]
async fn everyone_sees_exactly_their_visits() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let visits = &stage.mirror.sides[0].visits;
        let ids: Vec<String> = visits.iter().map(|visit| visit.id.to_string()).collect();
        for login in CALLERS {
            let mut wanted = BTreeSet::new();
            for visit in visits {
                if sees_visit(login, visit)? {
                    wanted.insert(visit.id.to_string());
                }
            }
            let wanted: BTreeSet<&str> = wanted.iter().map(String::as_str).collect();
            let answer = stage.ask(&stage.scope(0, login).await?, ASK_VISITS, &json!({ "ids": ids })).await?;
            let data = &answer["data"];
            assert_eq!(listed(&data["visits"]["nodes"])?, wanted, "{login} lists: {answer}");
            assert_eq!(listed(&data["nodes"])?, wanted, "{login} names: {answer}");
            assert_eq!(data["visits"]["totalCount"], json!(wanted.len()), "{login} counts: {answer}");
        }
        Ok(())
    })
    .await
}

const ASK_PLACE: &str = "query($cases: CaseFilter!, $visits: VisitFilter!) {
    cases(filter: $cases, first: 100) { totalCount nodes { id } }
    visits(filter: $visits, first: 100) { totalCount nodes { id } } }";

/// Every town, village and grid of a side.
fn places(side: &Side) -> Vec<(Spot, Value)> {
    let mut places = vec![];
    for town in 0..side.towns.len() {
        let unit = |id: UnitId| json!({ "unitId": id.to_string() });
        let spot = |village, grid| Spot { town: Some(town), village, grid };
        places.push((spot(None, None), unit(side.towns[town])));
        for village in 0..side.villages[town].len() {
            places.push((spot(Some(village), None), unit(side.villages[town][village])));
            for (grid, id) in side.grids[town][village].iter().enumerate() {
                places.push((spot(Some(village), Some(grid)), json!({ "gridId": id.to_string() })));
            }
        }
    }
    places
}

/// Whether a spot lies in a place.
fn lies_in(spot: Spot, place: Spot) -> bool {
    let agrees = |at: Option<usize>, wanted: Option<usize>| wanted.is_none() || at == wanted;
    spot.town == place.town && agrees(spot.village, place.village) && agrees(spot.grid, place.grid)
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_finds_in_a_place_what_they_see_of_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let side = &stage.mirror.sides[0];
        for login in CALLERS {
            let scope = stage.scope(0, login).await?;
            for (place, filter) in places(side) {
                let filter = json!({ "place": filter });
                let answer =
                    stage.ask(&scope, ASK_PLACE, &json!({ "cases": filter, "visits": filter })).await?;
                let (mut cases, mut visits) = (BTreeSet::new(), BTreeSet::new());
                for case in side.cases.iter().filter(|case| lies_in(case.spot, place)) {
                    cases.extend(sees(side, login, case)?.then(|| case.id.to_string()));
                }
                for visit in side.visits.iter().filter(|visit| lies_in(visit.spot, place)) {
                    visits.extend(sees_visit(login, visit)?.then(|| visit.id.to_string()));
                }
                for (list, wanted) in [("cases", cases), ("visits", visits)] {
                    let wanted: BTreeSet<&str> = wanted.iter().map(String::as_str).collect();
                    let told = &answer["data"][list];
                    assert_eq!(listed(&told["nodes"])?, wanted, "{login} {list} {place:?}: {answer}");
                    assert_eq!(told["totalCount"], json!(wanted.len()), "{login} {list} {place:?}: {answer}");
                }
            }
        }
        Ok(())
    })
    .await
}
