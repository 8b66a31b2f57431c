//! Lists, counts and names of cases and of visits hold exactly what the plain rules say, none more and none less.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use fengqiao_tests::on_backends;
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
