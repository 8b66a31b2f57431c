//! Files of many people wait for somebody else's word (导出审批, requirement P4): so many a day, each row marked, and each row named in the
//! trail.

use std::collections::BTreeSet;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Answer, Backend, Places, Served, account_id, on_backends};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{fetched, taken, text};
use crate::federation::is;

/// What is told of a review.
const REVIEW: &str = "exportReview { id state note decidedBy { login } } userErrors { code path message }";
/// The file of a review, as its taker sees it.
const FILE: &str =
    "query($id: ID!) { node(id: $id) { ... on Export { id state byteCount downloadPath expiresAt version
    review { id state kind rowCount purpose mark note takenBy { login } decidedBy { login } } } } }";

fn roster() -> Value {
    json!({"kind": "ROSTER", "formatKind": "CSV", "purpose": "年度考核"})
}

/// Whoever takes more than three people out needs somebody else's word.
async fn served(backend: Backend) -> anyhow::Result<Served> {
    Served::demo_with(backend, |settings| settings.files.rows_alone = 3).await
}

async fn person(served: &Served, login: &str) -> anyhow::Result<Actor> {
    served.sign_in(&format!("{login}@150302")).await
}

async fn file(by: &Actor, id: &Value) -> anyhow::Result<Value> {
    Ok(by.run(FILE, json!({"id": id})).await?.data("node")?.clone())
}

/// A file that waits, as its taker sees it.
async fn waiting(by: &Actor, input: Value) -> anyhow::Result<Value> {
    let export = taken(by, input).await?;
    assert_eq!((&export["state"], &export["downloadPath"]), (&json!("IN_REVIEW"), &Value::Null), "{export}");
    file(by, &export["id"]).await
}

async fn said(by: &Actor, act: &str, review: &Value, note: Option<&str>) -> anyhow::Result<Answer> {
    let mut input = json!({"exportReviewId": review["id"]});
    if let Some(note) = note {
        input["note"] = json!(note);
    }
    by.mutate(act, REVIEW, input).await
}

/// What waits, or waits no more, as whoever may approve lists it.
async fn listed(by: &Actor, filter: Value) -> anyhow::Result<Answer> {
    let document = "query($filter: ExportReviewFilter) { exportReviews(filter: $filter) {
        totalCount nodes { id state kind formatKind rowCount purpose selection mark takenBy { login } } } }";
    by.run(document, json!({ "filter": filter })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_many_people_waits_for_somebody_else() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = served(backend).await?;
        let town = person(&served, "qianlishan.admin").await?;
        let mut input = roster();
        input["unitId"] = json!(Places::of(&town).unit("150302101").await?);
        let export = waiting(&town, input).await?;
        let review = &export["review"];
        ensure!(review["rowCount"].as_i64() > Some(3) && review["mark"] == export["id"], "{review}");
        let security = person(&served, "security.admin").await?;
        let list = listed(&security, json!({"isWaiting": true})).await?;
        let first = &list.data("exportReviews")?["nodes"][0];
        assert_eq!((&first["id"], &first["takenBy"]["login"]), (&review["id"], &json!("qianlishan.admin")));
        assert_eq!((&first["purpose"], &first["kind"]), (&json!("年度考核"), &json!("ROSTER")));
        let selection: Value = serde_json::from_str(&text(&first["selection"])?)?;
        assert_eq!(selection, json!({ "unitId": Places::of(&town).unit("150302101").await? }));
        // The file itself stays its taker's alone.
        assert_eq!(file(&security, &export["id"]).await?, Value::Null);
        let approved = said(&security, "exportApprove", review, Some("年报需要")).await?;
        let told = approved.payload()?["exportReview"].clone();
        assert_eq!(
            (&told["state"], &told["decidedBy"]["login"]),
            (&json!("APPROVED"), &json!("security.admin"))
        );
        let free = file(&town, &export["id"]).await?;
        ensure!(free["version"].as_i64() > export["version"].as_i64(), "{free}");
        fetched(&town, &free).await?;
        assert_eq!(
            listed(&security, json!({"isWaiting": true})).await?.data("exportReviews")?["totalCount"],
            0
        );
        assert_eq!(
            listed(&security, json!({"isWaiting": false})).await?.data("exportReviews")?["totalCount"],
            1
        );
        let audit = served.world.rows("audit_entries").await?;
        let id = text(&export["id"])?;
        ensure!(audit.iter().any(|row| row.contains("export.approve") && row.contains(&id)), "{audit:?}");
        // What is not about people, and what is about few, goes out by its taker's own word.
        let grids = json!({"kind": "GRIDS", "formatKind": "CSV", "purpose": "制图"});
        ensure!(taken(&town, grids).await?["rowsWritten"].as_i64() > Some(3));
        let mut few = json!({"kind": "CASES", "formatKind": "CSV", "purpose": "督办"});
        few["caseFilter"] = json!({"states": ["VOIDED"]});
        assert_eq!(taken(&town, few).await?["state"], "SUCCEEDED");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_approves_what_they_take_and_nobody_twice() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = served(backend).await?;
        let security = person(&served, "security.admin").await?;
        let dispatcher = person(&served, "district.dispatch").await?;
        let district = Places::of(&security).unit("150302").await?;
        let grant = json!({"accountId": account_id(&dispatcher).await?, "role": "DISTRICT_LEADER", "target": {"unitId": district}});
        security.mutate("roleGrantCreate", "userErrors { code path }", grant).await?.payload()?;
        served.pass_seconds(10);
        let cases = json!({"kind": "CASES", "formatKind": "CSV", "purpose": "月报"});
        let export = waiting(&dispatcher, cases).await?;
        let review = &export["review"];
        let own = said(&dispatcher, "exportApprove", review, None).await?;
        is(&own, "OWN_FILE", "exportReviewId")?;
        for login in ["qianlishan.admin", "district.command", "audit.admin", "xindi.worker"] {
            let other = person(&served, login).await?;
            assert_eq!(said(&other, "exportApprove", review, None).await?.code(), "FORBIDDEN", "{login}");
            let lists = listed(&other, json!({})).await?;
            assert_eq!(lists.code() == "FORBIDDEN", login != "audit.admin", "{login}: {}", lists.text);
            let node = other.run("query($id: ID!) { node(id: $id) { id } }", json!({"id": review["id"]})).await?;
            assert_eq!(node.data("node")?.is_null(), login != "audit.admin", "{login}");
        }
        let stranger = served.sign_in("security.admin@320804").await?;
        is(&said(&stranger, "exportApprove", review, None).await?, "NOT_FOUND", "exportReviewId")?;
        let leader = person(&served, "district.leader").await?;
        said(&leader, "exportApprove", review, None).await?.payload()?;
        for act in ["exportApprove", "exportDecline"] {
            is(&said(&security, act, review, Some("再议")).await?, "ALREADY_DECIDED", "exportReviewId")?;
        }
        assert_eq!(file(&dispatcher, &export["id"]).await?["review"]["decidedBy"]["login"], "district.leader");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_declined_or_waits_too_long_does_not_go_out() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = served(backend).await?;
        let town = person(&served, "qianlishan.admin").await?;
        let security = person(&served, "security.admin").await?;
        let (declined, left) = (waiting(&town, roster()).await?, waiting(&town, roster()).await?);
        is(&said(&security, "exportDecline", &declined["review"], Some(" ")).await?, "REQUIRED", "note")?;
        said(&security, "exportDecline", &declined["review"], Some("范围过大")).await?.payload()?;
        let told = file(&town, &declined["id"]).await?;
        assert_eq!((&told["state"], &told["downloadPath"]), (&json!("DECLINED"), &Value::Null));
        assert_eq!(told["review"]["note"], "范围过大");
        served.pass_seconds(96 * 3_600 - 60);
        let town = person(&served, "qianlishan.admin").await?;
        assert_eq!(file(&town, &left["id"]).await?["state"], "IN_REVIEW");
        served.pass_seconds(60);
        let (town, security) =
            (person(&served, "qianlishan.admin").await?, person(&served, "security.admin").await?);
        let told = file(&town, &left["id"]).await?;
        assert_eq!((&told["state"], &told["review"]["state"]), (&json!("INTERRUPTED"), &json!("LAPSED")));
        let late = said(&security, "exportApprove", &left["review"], None).await?;
        is(&late, "ALREADY_DECIDED", "exportReviewId")?;
        let parts = "SELECT count(*) FROM export_parts";
        assert_eq!(served.world.number(parts).await?, 2);
        served.pass_seconds(24 * 3_600);
        served.app.services.db.sweep().await?;
        assert_eq!(served.world.number(parts).await?, 0);
        Ok(())
    })
    .await
}

/// Gives the administrator of a town another one too.
async fn second_town(security: &Actor, town: &Actor) -> anyhow::Result<Value> {
    let other = Places::of(security).unit("150302007").await?;
    let grant = json!({"accountId": account_id(town).await?, "role": "TOWN_ADMINISTRATOR", "target": {"unitId": other}});
    let selection = "roleGrant { id } userErrors { code path }";
    Ok(security.mutate("roleGrantCreate", selection, grant).await?.payload()?["roleGrant"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lost_what_they_saw_fetches_nothing_of_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = served(backend).await?;
        let (town, security) =
            (person(&served, "qianlishan.admin").await?, person(&served, "security.admin").await?);
        let granted = second_town(&security, &town).await?;
        served.pass_seconds(10);
        let export = waiting(&town, roster()).await?;
        said(&security, "exportApprove", &export["review"], None).await?.payload()?;
        fetched(&town, &file(&town, &export["id"]).await?).await?;
        let revoke = json!({"roleGrantId": granted["id"]});
        security.mutate("roleGrantRevoke", "userErrors { code path }", revoke).await?.payload()?;
        served.pass_seconds(10);
        let told = file(&town, &export["id"]).await?;
        assert_eq!((&told["state"], &told["downloadPath"]), (&json!("INTERRUPTED"), &Value::Null));
        // What they see now they take out as before.
        assert_eq!(taken(&town, roster()).await?["state"], "IN_REVIEW");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_waited_for_nobody_is_not_fetched_by_who_lost_what_they_saw_either() -> anyhow::Result<()>
{
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (town, security) =
            (person(&served, "qianlishan.admin").await?, person(&served, "security.admin").await?);
        let granted = second_town(&security, &town).await?;
        served.pass_seconds(10);
        let mut files = vec![];
        for kind in ["ROSTER", "CASES", "GRIDS"] {
            let wanted = json!({"kind": kind, "formatKind": "CSV", "purpose": "年度考核"});
            let export = taken(&town, wanted).await?;
            fetched(&town, &export).await?;
            files.push(file(&town, &export["id"]).await?);
        }
        let revoke = json!({"roleGrantId": granted["id"]});
        security.mutate("roleGrantRevoke", "userErrors { code path }", revoke).await?.payload()?;
        served.pass_seconds(10);
        // Signing in anew gives nothing back, and neither does a link of before.
        let anew = person(&served, "qianlishan.admin").await?;
        for before in &files {
            let told = file(&anew, &before["id"]).await?;
            assert_eq!((&told["state"], &told["downloadPath"]), (&json!("INTERRUPTED"), &Value::Null));
            let link = town.at(Method::GET, &text(&before["downloadPath"])?).send().await?;
            assert_eq!(link.status(), StatusCode::NOT_FOUND);
        }
        fetched(&anew, &taken(&anew, roster()).await?).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approved_file_is_kept_as_long_as_any_other() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = served(backend).await?;
        let export = waiting(&person(&served, "qianlishan.admin").await?, roster()).await?;
        served.pass_seconds(95 * 3_600);
        let security = person(&served, "security.admin").await?;
        said(&security, "exportApprove", &export["review"], None).await?.payload()?;
        served.pass_seconds(23 * 3_600);
        served.app.services.db.sweep().await?;
        let town = person(&served, "qianlishan.admin").await?;
        let free = file(&town, &export["id"]).await?;
        fetched(&town, &free).await?;
        served.pass_seconds(3_600);
        let town = person(&served, "qianlishan.admin").await?;
        let late = file(&town, &export["id"]).await?;
        let answer = town.at(Method::GET, &text(&late["downloadPath"])?).send().await?;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_files_a_day_are_taken_out_and_no_more() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.files.exports_per_day = 3).await?;
        let units = json!({"kind": "UNITS", "formatKind": "CSV", "purpose": "考核"});
        let town = person(&served, "qianlishan.admin").await?;
        let start = || town.mutate("exportStart", "export { id } userErrors { code path }", units.clone());
        // Many at once are counted one after the other.
        let all = futures::future::join_all((0..8).map(|_| start())).await;
        let all = all.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
        let limited: Vec<_> = all.iter().filter(|answer| answer.code() == "RATE_LIMITED").collect();
        assert_eq!((all.len(), limited.len()), (8, 5), "{}", all[0].text);
        let wait = &limited[0].body["errors"][0]["extensions"]["retryAfterSeconds"];
        ensure!((86_300..=86_401).contains(&wait.as_i64().unwrap_or_default()), "{wait}");
        let other = person(&served, "system.admin").await?;
        assert_eq!(taken(&other, units.clone()).await?["state"], "SUCCEEDED", "each by themselves");
        served.pass_seconds(86_401);
        let town = person(&served, "qianlishan.admin").await?;
        assert_eq!(taken(&town, units).await?["state"], "SUCCEEDED");
        Ok(())
    })
    .await
}

/// Whom the trail says that the rows of a file are about.
async fn named(auditor: &Actor, export: &Value) -> anyhow::Result<Vec<String>> {
    let document = "query($filter: AuditEntryFilter) { auditEntries(first: 100, filter: $filter) { nodes { action detail } } }";
    let answer = auditor.run(document, json!({"filter": {"targetId": export["id"]}})).await?;
    let entries = answer.data("auditEntries")?["nodes"].as_array().cloned().context("entries")?;
    let mut ids = vec![];
    for entry in entries.iter().filter(|entry| entry["action"] == "export.rows") {
        let detail: Value = serde_json::from_str(entry["detail"].as_str().unwrap_or_default())?;
        let some = detail["ids"].as_array().cloned().context("ids")?;
        ids.extend(some.iter().filter_map(Value::as_str).map(str::to_owned));
    }
    Ok(ids)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_row_names_its_file_and_the_trail_names_each_row() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let dispatcher = person(&served, "qianlishan.dispatch").await?;
        let auditor = person(&served, "audit.admin").await?;
        let seen = dispatcher.run("{ cases(first: 100) { totalCount nodes { id } } }", json!({})).await?;
        let seen = seen.data("cases")?["nodes"].as_array().cloned().unwrap_or_default();
        let seen: BTreeSet<String> =
            seen.iter().filter_map(|case| case["id"].as_str()).map(str::to_owned).collect();
        for format in ["CSV", "GEOJSON"] {
            let export =
                taken(&dispatcher, json!({"kind": "CASES", "formatKind": format, "purpose": "月报"})).await?;
            let ids = named(&auditor, &export).await?;
            assert_eq!(ids.len(), seen.len(), "{format}: each once");
            assert_eq!(ids.into_iter().collect::<BTreeSet<_>>(), seen, "{format}");
            let (file, mark) = (fetched(&dispatcher, &export).await?, text(&export["id"])?);
            let file = String::from_utf8(file)?;
            if format == "GEOJSON" {
                let json: Value = serde_json::from_str(&file)?;
                let features = json["features"].as_array().cloned().unwrap_or_default();
                ensure!(features.iter().all(|one| one["properties"]["export"] == mark), "{file}");
            } else {
                ensure!(file.lines().next().is_some_and(|header| header.ends_with(",export")), "{file}");
                assert_eq!(file.matches(&format!(",{mark}")).count(), seen.len(), "{file}");
            }
        }
        // What is about nobody is not named.
        let units =
            taken(&dispatcher, json!({"kind": "UNITS", "formatKind": "CSV", "purpose": "月报"})).await?;
        assert_eq!(named(&auditor, &units).await?, Vec::<String>::new());
        Ok(())
    })
    .await
}
