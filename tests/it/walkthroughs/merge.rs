//! Two villages that have cases become one: nothing is rewritten, and the new station reads it all.

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Matter, Places, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::people::{CATEGORY, GRID};

const VILLAGES: [&str; 2] = ["150302101203", "150302101206"];
const MERGED: &str = "150302101299";
const TABLES: [&str; 3] = ["cases", "case_entries", "case_access"];

#[tokio::test(flavor = "multi_thread")]
async fn the_successor_answers_for_its_predecessors() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let person = async |login: &str| served.sign_in(&format!("{login}@150302")).await;
        let (commander, chief) = (person("district.command").await?, person("bailou.station").await?);
        let mut fresh = Matter::report(&person("xindi.resident").await?, GRID, CATEGORY).await?;
        Matter::report(&person("xinfeng.resident").await?, "150302101206001", CATEGORY).await?;
        let places = Places::of(&commander);
        let old = [places.unit(VILLAGES[0]).await?, places.unit(VILLAGES[1]).await?];
        let counted = [count(&commander, &old[0]).await?, count(&commander, &old[1]).await?];
        ensure!(counted.iter().all(|cases| *cases > 1), "{counted:?}");
        ensure!(fresh.read(&chief, "id").await?.is_null(), "not the chief's village");
        let rows = snapshot(&served).await?;
        let codes = grid_codes(&served).await?;

        let merged = merge(&person("system.admin").await?, &old).await?;
        assert_eq!(snapshot(&served).await?, rows, "no row of a case is rewritten");
        appoint(&served, &chief, &merged).await?;
        assert_eq!(count(&chief, &merged).await?, counted[0] + counted[1], "the new chief sees all of both");
        assert_eq!(count(&commander, &merged).await?, counted[0] + counted[1]);
        assert_eq!([count(&commander, &old[0]).await?, count(&commander, &old[1]).await?], counted);
        // What waited for the old station waits for the new one, which goes on with it.
        assert_eq!(fresh.inbox(&chief).await?, Some("TODO"));
        assert_eq!(fresh.act(&chief, "caseAccept", json!({})).await?, "ACCEPTED");
        past_is_told(&commander, &old[0], &merged).await?;
        codes_are_new(&served, &old[0], &merged, &codes).await
    })
    .await
}

async fn count(by: &Actor, unit: &str) -> anyhow::Result<i64> {
    let document = "query($unit: ID!) { cases(filter: {place: {unitId: $unit}}) { totalCount } }";
    let answer = by.run(document, json!({"unit": unit})).await?;
    answer.data("cases/totalCount")?.as_i64().context("a number")
}

async fn snapshot(served: &Served) -> anyhow::Result<Vec<Vec<String>>> {
    let mut rows = vec![];
    for table in TABLES {
        rows.push(served.world.rows(table).await?);
    }
    Ok(rows)
}

async fn merge(by: &Actor, old: &[String]) -> anyhow::Result<String> {
    let input = json!({"predecessorIds": old, "effectiveOn": "2026-11-22", "newUnit":
        {"code": MERGED, "codeSystem": "NBS", "codeYear": 2026, "name": "新地新丰村委会"}});
    let answer = by.mutate("unitMerge", "unit { id code state } userErrors { code path }", input).await?;
    let unit = &answer.payload()?["unit"];
    assert_eq!((&unit["code"], &unit["state"]), (&json!(MERGED), &json!("LIVE")));
    Ok(unit["id"].as_str().unwrap_or_default().to_owned())
}

async fn appoint(served: &Served, chief: &Actor, unit: &str) -> anyhow::Result<()> {
    let security = served.sign_in("security.admin@150302").await?;
    let input =
        json!({"accountId": account_id(chief).await?, "role": "STATION_CHIEF", "target": {"unitId": unit}});
    let answer =
        security.mutate("roleGrantCreate", "roleGrant { id } userErrors { code path }", input).await?;
    answer.payload().map(drop)
}

async fn past_is_told(by: &Actor, old: &str, merged: &str) -> anyhow::Result<()> {
    let document = "query($old: ID!, $new: ID!) { old: unit(id: $old) { state successors { code } }
        new: unit(id: $new) { state predecessors { code } } }";
    let answer = by.run(document, json!({"old": old, "new": merged})).await?;
    assert_eq!(answer.data("old")?, &json!({"state": "DISSOLVED", "successors": [{"code": MERGED}]}));
    let predecessors: Vec<Value> = VILLAGES.iter().map(|code| json!({"code": code})).collect();
    let mut told = answer.data("new/predecessors")?.as_array().cloned().unwrap_or_default();
    told.sort_by_key(|unit| unit["code"].to_string());
    assert_eq!(told, predecessors);
    Ok(())
}

async fn grid_codes(served: &Served) -> anyhow::Result<Vec<String>> {
    let commander = served.sign_in("district.command@150302").await?;
    let (mut codes, mut after) = (vec![], Value::Null);
    loop {
        let document = "query($after: String) { grids(first: 100, after: $after)
            { nodes { code } pageInfo { hasNextPage endCursor } } }";
        let page = commander.run(document, json!({"after": after})).await?;
        let nodes = page.data("grids/nodes")?.as_array().context("a list")?;
        codes.extend(nodes.iter().filter_map(|node| Some(node["code"].as_str()?.to_owned())));
        if page.data("grids/pageInfo/hasNextPage")? != true {
            return Ok(codes);
        }
        after = page.data("grids/pageInfo/endCursor")?.clone();
    }
}

/// A dissolved village gets no grid any more, and the successor's are numbered afresh.
async fn codes_are_new(served: &Served, old: &str, merged: &str, codes: &[String]) -> anyhow::Result<()> {
    let admin = served.sign_in("system.admin@150302").await?;
    let selection = "grid { code } userErrors { code path }";
    let input = |village: &str| json!({"villageId": village, "name": "新网格", "kind": "BASIC"});
    let refused = admin.mutate("gridCreate", selection, input(old)).await?;
    assert_eq!(refused.user_error()?.0, "DISSOLVED");
    for _ in 0..3 {
        let answer = admin.mutate("gridCreate", selection, input(merged)).await?;
        let code = answer.payload()?["grid"]["code"].as_str().context("a code")?.to_owned();
        ensure!(code.starts_with(MERGED) && !codes.contains(&code), "{code}");
    }
    let now = grid_codes(served).await?;
    ensure!(codes.iter().all(|code| now.contains(code)), "the old grids keep their codes");
    Ok(())
}
