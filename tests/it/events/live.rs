//! One case, an inbox and a unit's numbers: as they are, and again whenever they changed.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::id::CaseId;
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_tests::{Backend, on_backends};
use futures::StreamExt as _;
use futures::stream::BoxStream;
use serde_json::{Value, json};
use sqlx::types::Uuid;

use super::{SAY, say};
use crate::sweep::reach::{CALLERS, sees};
use crate::sweep::stage::Stage;

/// Longer than a busy machine takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longer than what happens together is gathered.
const SILENCE: Duration = Duration::from_millis(900);

const CASE: &str =
    "subscription($id: ID!) { caseChanged(id: $id) { id version timeline(last: 1) { nodes { act } } } }";
const INBOX: &str = "subscription { inboxChanged { counts { todo doing done } cases { id } } }";
const UNIT: &str = "subscription($id: ID!) { unitPulse(unitId: $id) { \
     unit { id } open waiting overdue supervised openedToday closedToday } }";
const ASK_UNIT: &str = "query($id: ID!) { unitPulse(unitId: $id) { \
     unit { id } open waiting overdue supervised openedToday closedToday countedAt } }";
const BOX: &str = "query($kind: InboxKind!) { inbox(kind: $kind, first: 100) { nodes { id } } }";

type Items = BoxStream<'static, async_graphql::Response>;

fn follow(stage: &Stage, scope: &Scope, document: &str, variables: &Value) -> Items {
    stage.follow(stage.request(scope, document, variables))
}

/// The next item, of whichever field.
async fn next(items: &mut Items) -> anyhow::Result<Option<Value>> {
    let item = tokio::time::timeout(PATIENCE, items.next()).await.context("silence")?;
    let Some(item) = item.map(serde_json::to_value).transpose()? else { return Ok(None) };
    ensure!(item["errors"].is_null(), "{item}");
    Ok(item["data"].as_object().and_then(|data| data.values().next().cloned()))
}

async fn silent(items: &mut Items) -> anyhow::Result<()> {
    match tokio::time::timeout(SILENCE, items.next()).await {
        Err(_elapsed) => Ok(()),
        Ok(more) => anyhow::bail!("too much: {more:?}"),
    }
}

/// Something is said of a case, and nobody is told yet.
pub(super) async fn say_unheard(stage: &Stage, case: &str) -> anyhow::Result<bool> {
    let commander = stage.scope(0, "commander").await?;
    let input = json!({ "input": { "caseId": case, "audience": "EVERYONE", "text": "看过了" } });
    let answer = stage.ask(&commander, SAY, &input).await?;
    Ok(answer["data"]["caseComment"]["userErrors"] == json!([]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_comes_as_it_is_and_whenever_it_changed() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        stage.world.relay().await?;
        let case = stage.mirror.sides[0].cases[0].id;
        let scope = stage.scope(0, "commander").await?;
        let mut items = follow(&stage, &scope, CASE, &json!({ "id": case.to_string() }));
        let first = next(&mut items).await?.context("an end")?;
        assert_eq!(first["id"], json!(case.to_string()));
        silent(&mut items).await?;
        let version = say(&stage, 0).await?;
        let changed = next(&mut items).await?.context("an end")?;
        assert_eq!(changed["version"], json!(version));
        assert_eq!(changed["timeline"]["nodes"], json!([{ "act": "COMMENT" }]));
        // Two changes that are told of after both happened are one.
        for _ in 0..2 {
            ensure!(say_unheard(&stage, &case.to_string()).await?);
        }
        stage.world.relay().await?;
        assert_eq!(next(&mut items).await?.context("an end")?["version"], json!(version + 2));
        silent(&mut items).await?;
        // What happens to another case is no news of this one.
        ensure!(say_unheard(&stage, &stage.mirror.sides[0].cases[1].id.to_string()).await?);
        stage.world.relay().await?;
        silent(&mut items).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_case_that_is_not_seen_nothing_comes() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        stage.world.relay().await?;
        let case = stage.mirror.sides[0].cases[0].id.to_string();
        let stranger = stage.scope(1, "commander").await?;
        let mut items = follow(&stage, &stranger, CASE, &json!({ "id": case }));
        assert_eq!(next(&mut items).await?, None);
        // It ends for whoever sees it no more.
        let side = &stage.mirror.sides[0];
        let chief = stage.scope(0, "chief").await?;
        let mut following = None;
        for laid in &side.cases {
            let id = laid.id.to_string();
            if sees(side, "chief", laid)? && say_unheard(&stage, &id).await? {
                following = Some((laid, follow(&stage, &chief, CASE, &json!({ "id": id }))));
                break;
            }
        }
        let (laid, mut items) = following.context("the chief sees no case")?;
        ensure!(next(&mut items).await?.is_some());
        ensure!(say_unheard(&stage, &laid.id.to_string()).await?);
        close_to_others(&stage, laid.id).await?;
        stage.world.relay().await?;
        assert_eq!(next(&mut items).await?, None);
        Ok(())
    })
    .await
}

/// A case becomes confidential, and nobody has a part in it any more.
pub(super) async fn close_to_others(stage: &Stage, case: CaseId) -> anyhow::Result<()> {
    let id = match stage.world.backend() {
        Backend::Sqlite => format!("x'{}'", case.uuid().simple()),
        Backend::Postgres => format!("'{}'", case.uuid()),
    };
    stage.world.run_sql(&format!("DELETE FROM case_access WHERE case_id = {id}")).await?;
    stage.world.run_sql(&format!("UPDATE cases SET sensitivity = 2 WHERE id = {id}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_tells_of_its_cases_and_of_no_others() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        stage.world.relay().await?;
        let mut watched = vec![];
        for login in CALLERS {
            let scope = stage.scope(0, login).await?;
            let own = parts(&stage, &scope).await?;
            let boxed = boxes(&stage, &scope).await?;
            ensure!(boxed.is_subset(&own), "{login}: {boxed:?}");
            let mut items = follow(&stage, &scope, INBOX, &Value::Null);
            let first = next(&mut items).await?.context("an end")?;
            assert_eq!(first["cases"], json!([]), "{login}");
            watched.push((login, own, items, first));
        }
        let mut said = BTreeSet::new();
        for case in &stage.mirror.sides[0].cases {
            if say_unheard(&stage, &case.id.to_string()).await? {
                said.insert(case.id.to_string());
            }
        }
        stage.world.relay().await?;
        let mut with_news = 0;
        for (login, own, mut items, first) in watched {
            let wanted: BTreeSet<String> = own.intersection(&said).cloned().collect();
            ensure!(wanted.len() < said.len(), "{login} has everything in the inbox");
            if !wanted.is_empty() {
                with_news += 1;
                let change = next(&mut items).await?.with_context(|| login.to_owned())?;
                assert_eq!((ids(&change["cases"]), &change["counts"]), (wanted, &first["counts"]), "{login}");
            }
            silent(&mut items).await.with_context(|| login.to_owned())?;
        }
        ensure!(with_news > 2, "only {with_news} have something in their inbox");
        Ok(())
    })
    .await
}

/// The cases that somebody has a part in.
pub(super) async fn parts(stage: &Stage, scope: &Scope) -> anyhow::Result<BTreeSet<String>> {
    let (text, literal): (_, fn(Uuid) -> String) = match stage.world.backend() {
        Backend::Sqlite => ("lower(hex(case_id))", |id| format!("x'{}'", id.simple())),
        Backend::Postgres => ("replace(case_id::text, '-', '')", |id| format!("'{id}'")),
    };
    let principals: Vec<String> = scope.principals().into_iter().map(literal).collect();
    let sql = format!(
        "SELECT DISTINCT {text} FROM case_access WHERE tenant_id = {} AND principal_id IN ({})",
        literal(scope.tenant().uuid()),
        principals.join(", ")
    );
    let found = stage.texts(&sql).await?;
    found.iter().map(|id| Ok(CaseId::from_uuid(id.parse()?).to_string())).collect()
}

/// The cases in the boxes of somebody's inbox.
async fn boxes(stage: &Stage, scope: &Scope) -> anyhow::Result<BTreeSet<String>> {
    let mut own = BTreeSet::new();
    for kind in ["TODO", "DOING", "DONE"] {
        let answer = stage.ask(scope, BOX, &json!({ "kind": kind })).await?;
        own.extend(ids(&answer["data"]["inbox"]["nodes"]));
    }
    Ok(own)
}

fn ids(nodes: &Value) -> BTreeSet<String> {
    let nodes = nodes.as_array().into_iter().flatten();
    nodes.filter_map(|node| node["id"].as_str().map(str::to_owned)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_numbers_of_a_unit_come_whenever_they_changed() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        stage.world.relay().await?;
        let side = &stage.mirror.sides[0];
        let scope = stage.scope(0, "commander").await?;
        let unit = json!({ "id": side.towns[0].to_string() });
        let mut items = follow(&stage, &scope, UNIT, &unit);
        let first = next(&mut items).await?.context("an end")?;
        let mut asked = stage.ask(&scope, ASK_UNIT, &unit).await?["data"]["unitPulse"].clone();
        assert_eq!(asked["countedAt"], json!("2026-11-22T08:00:00.000000Z"));
        asked.as_object_mut().context("no pulse")?.remove("countedAt");
        assert_eq!(asked, first);
        ensure!(first["open"].as_i64() > Some(3), "{first}");
        // A comment changes no number.
        ensure!(say_unheard(&stage, &side.cases[0].id.to_string()).await?);
        stage.world.relay().await?;
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        silent(&mut items).await?;
        let report = "mutation($input: CaseReportInput!) { caseReport(input: $input) { case { id } userErrors { code } } }";
        let input = json!({ "input": { "categoryId": side.categories["0201"].to_string(), "source": "PATROL",
            "place": { "unitId": side.villages[0][0].to_string() }, "title": "垃圾成堆", "description": "路口" } });
        let worker = stage.scope(0, "chief").await?;
        let answer = stage.ask(&worker, report, &input).await?;
        ensure!(answer["data"]["caseReport"]["case"].is_object(), "{answer}");
        stage.world.relay().await?;
        let more = next(&mut items).await?.context("an end")?;
        for (number, by) in [("open", 1), ("waiting", 1), ("openedToday", 1), ("closedToday", 0), ("supervised", 0)] {
            assert_eq!(more[number].as_i64(), first[number].as_i64().map(|first| first + by), "{number}: {more}");
        }
        // Of what lies elsewhere a stranger counts nothing.
        let stranger = stage.scope(1, "commander").await?;
        let answer = stage.ask(&stranger, ASK_UNIT, &unit).await?;
        let pulse = &answer["data"]["unitPulse"];
        assert_eq!((&pulse["unit"], &pulse["open"], &pulse["openedToday"]), (&Value::Null, &json!(0), &json!(0)));
        Ok(())
    })
    .await
}
