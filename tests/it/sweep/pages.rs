//! Pages of cases put together are the whole list in its order, whichever index they were read by.

use anyhow::{Context as _, ensure};
use fengqiao_tests::on_backends;
use serde_json::{Value, json};

use crate::sweep::reach::CALLERS;
use crate::sweep::stage::Stage;

const ASK: &str = "query($filter: CaseFilter, $first: Int, $after: String, $last: Int, $before: String, $order: CaseOrder) {
    cases(filter: $filter, first: $first, after: $after, last: $last, before: $before, orderBy: $order) {
        totalCount nodes { id openedAt state category { id } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

/// Fewer than most callers see.
const SIZE: usize = 3;

async fn page(stage: &Stage, login: &str, variables: &Value) -> anyhow::Result<(Vec<Value>, Value)> {
    let scope = stage.scope(0, login).await?;
    let answer = stage.ask(&scope, ASK, variables).await?;
    let cases = &answer["data"]["cases"];
    let nodes = cases["nodes"].as_array().with_context(|| answer.to_string())?.clone();
    Ok((nodes, cases.clone()))
}

/// How pages follow one another: the arguments for their size and their beginning, and what a page says of the next.
type Walk = [&'static str; 4];
const FORWARD: Walk = ["first", "after", "endCursor", "hasNextPage"];
const BACKWARD: Walk = ["last", "before", "startCursor", "hasPreviousPage"];

/// All pages of a list.
async fn walked(stage: &Stage, login: &str, base: &Value, walk: Walk) -> anyhow::Result<Vec<Value>> {
    let [size, from, edge, more] = walk;
    let (mut all, mut variables) = (vec![], base.clone());
    variables[size] = json!(SIZE);
    loop {
        let (nodes, cases) = page(stage, login, &variables).await?;
        let info = &cases["pageInfo"];
        if walk == FORWARD {
            all.extend(nodes);
        } else {
            all.splice(0..0, nodes);
        }
        if info[more] != true {
            return Ok(all);
        }
        variables[from] = info[edge].clone();
    }
}

fn key(node: &Value) -> (&str, &str) {
    (node["openedAt"].as_str().unwrap_or_default(), node["id"].as_str().unwrap_or_default())
}

async fn looked_through(stage: &Stage, login: &str) -> anyhow::Result<usize> {
    let (mut whole, _) = page(stage, login, &json!({"first": 100})).await?;
    let unsorted = whole.clone();
    whole.sort_by(|a, b| key(b).cmp(&key(a)));
    assert_eq!(unsorted, whole, "{login}: newest first");
    let side = &stage.mirror.sides[0];
    let category = |code: &str| side.categories[code].to_string();
    let unknown = "category_019ac000-0000-7000-8000-000000000000";
    let mut filters = vec![
        (json!({}), whole.clone()),
        (json!({"categoryIds": [unknown]}), vec![]),
        (json!({"states": ["ACCEPTED", "CLOSED"]}), whole.clone()),
        (json!({"categoryIds": [category("0101"), category("0201")]}), whole.clone()),
    ];
    filters[2].1.retain(|node| node["state"] == "ACCEPTED" || node["state"] == "CLOSED");
    let two = [category("0101"), category("0201")];
    filters[3].1.retain(|node| two.iter().any(|id| node["category"]["id"] == id.as_str()));
    for (filter, wanted) in &mut filters {
        for direction in ["DESC", "ASC"] {
            let base =
                json!({"filter": filter.clone(), "order": {"field": "OPENED_AT", "direction": direction}});
            for walk in [FORWARD, BACKWARD] {
                let got = walked(stage, login, &base, walk).await?;
                ensure!(got == *wanted, "{login}, {base}, {walk:?}: {got:?} instead of {wanted:?}");
            }
            let (_, first) = page(stage, login, &base).await?;
            ensure!(first["totalCount"] == json!(wanted.len()), "{login}, {base}: {first}");
            wanted.reverse();
        }
    }
    Ok(whole.len())
}

/// Whoever reported a case gets it too: two access rows of one case and one principal.
async fn hand_to_reporters(stage: &Stage) -> anyhow::Result<()> {
    let id = if stage.world.db.is_postgres() { "gen_random_uuid()" } else { "randomblob(16)" };
    let sql = format!(
        "INSERT INTO case_access (tenant_id, id, case_id, principal_kind, principal_id, part, inbox, since_at, until_at, \
         opened_at) SELECT tenant_id, {id}, case_id, principal_kind, principal_id, 'assignee', 'done', since_at, until_at, \
         opened_at FROM case_access a WHERE part = 'reporter' AND NOT EXISTS (SELECT 1 FROM case_access b \
         WHERE b.case_id = a.case_id AND b.principal_id = a.principal_id AND b.part = 'assignee')"
    );
    stage.world.run_sql(&sql).await
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_put_together_are_the_list() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        hand_to_reporters(&stage).await?;
        let mut more_than_a_page = 0;
        for login in CALLERS {
            let seen = looked_through(&stage, login).await.with_context(|| login.to_owned())?;
            more_than_a_page += usize::from(seen > SIZE);
        }
        ensure!(more_than_a_page > 8, "only {more_than_a_page} callers see more than a page");
        Ok(())
    })
    .await
}
