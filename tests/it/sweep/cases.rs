//! Lists, counts and names of cases hold exactly what the plain rules say, no case more and none less.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use fengqiao_tests::on_backends;
use serde_json::{Value, json};

use crate::sweep::reach::{CALLERS, sees};
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
