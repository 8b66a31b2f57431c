//! The audit trail as a file: what its reader finds, for whoever reads it and nobody else.

use std::io::Cursor;

use anyhow::{Context as _, ensure};
use calamine::{Reader as _, Xlsx};
use chrono::DateTime;
use fengqiao_domain::Sealer;
use fengqiao_tests::{Actor, Backend, Places, Served, account_id, on_backends};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{fetched, taken, text};
use crate::federation::is;

const STARTED: &str = "export { id } userErrors { code path }";
/// What stands in the first line.
const COLUMNS: [&str; 12] = [
    "id",
    "occurred_at",
    "actor",
    "login",
    "action",
    "target",
    "request",
    "detail",
    "sequence",
    "hash",
    "sealed_at",
    "export",
];

fn wanted(format: &str, filter: &Value) -> Value {
    json!({"kind": "AUDIT_ENTRIES", "formatKind": format, "purpose": "年度审计", "auditEntryFilter": filter})
}

/// The rows of a file, its first line among them.
fn rows(format: &str, file: &[u8]) -> anyhow::Result<Vec<Vec<String>>> {
    if format == "XLSX" {
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(file.to_vec()))?;
        let sheet = book.worksheet_range_at(0).context("a sheet")??;
        return Ok(sheet.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect());
    }
    let file = file.strip_prefix("\u{feff}".as_bytes()).context("spreadsheets know UTF-8 by its mark")?;
    let mut csv = csv::ReaderBuilder::new().has_headers(false).from_reader(file);
    let rows = csv.records().map(|row| Ok(row?.iter().map(str::to_owned).collect()));
    rows.collect()
}

/// An instant as a number, whatever its offset; nothing for none.
fn micros(text: &str) -> anyhow::Result<String> {
    let told = |text| DateTime::parse_from_rfc3339(text).map(|at| at.timestamp_micros().to_string());
    Ok(if text.is_empty() { String::new() } else { told(text)? })
}

/// What the query tells of the entries that a filter finds, as a file would, but for the last column.
async fn told(by: &Actor, filter: &Value) -> anyhow::Result<Vec<Vec<String>>> {
    let document = "query($filter: AuditEntryFilter, $after: String) { auditEntries(first: 100, after: $after, filter: $filter) {
        pageInfo { hasNextPage endCursor }
        nodes { id occurredAt actor account { login } action target request detail sequence hash sealedAt } } }";
    let (mut after, mut found) = (Value::Null, vec![]);
    loop {
        let answer = by.run(document, json!({"filter": filter, "after": after})).await?;
        let page = answer.data("auditEntries")?;
        for node in page["nodes"].as_array().context("nodes")? {
            let cell = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            found.push(vec![
                cell(&node["id"]),
                micros(&cell(&node["occurredAt"]))?,
                cell(&node["actor"]),
                cell(&node["account"]["login"]),
                cell(&node["action"]),
                cell(&node["target"]),
                cell(&node["request"]),
                cell(&node["detail"]),
                node["sequence"].as_i64().map(|number| number.to_string()).unwrap_or_default(),
                cell(&node["hash"]),
                micros(&cell(&node["sealedAt"]))?,
            ]);
        }
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            return Ok(found);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// The rows of a file without its first line, the instants as numbers; each ends with the id of the file.
async fn file_of(by: &Actor, format: &str, export: &Value) -> anyhow::Result<Vec<Vec<String>>> {
    let mut found = rows(format, &fetched(by, export).await?)?;
    ensure!(found.first().is_some_and(|header| header.iter().map(String::as_str).eq(COLUMNS)), "{found:?}");
    found.remove(0);
    assert_eq!(export["rowsWritten"], found.len());
    for row in &mut found {
        assert_eq!(row.pop(), Some(text(&export["id"])?));
        for at in [1, 10] {
            let cell = row.get_mut(at).context("an instant")?;
            ensure!(cell.is_empty() || cell.ends_with("+08:00"), "{cell} is not of China's time");
            *cell = micros(cell)?;
        }
    }
    Ok(found)
}

/// Six hundred entries more of what was made.
const fn many(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => {
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)
             INSERT INTO audit_entries (tenant_id, id, at, account_id, action, target, request_id, detail)
             SELECT tenant_id, randomblob(16), at, account_id, action, target, request_id, detail
             FROM audit_entries, n WHERE action = 'organisation.created'"
        }
        Backend::Postgres => {
            "INSERT INTO audit_entries (tenant_id, id, at, account_id, action, target, request_id, detail)
             SELECT tenant_id, gen_random_uuid(), at, account_id, action, target, request_id, detail
             FROM audit_entries, generate_series(1, 600) WHERE action = 'organisation.created'"
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_goes_out_as_its_reader_finds_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.files.rows_alone = 1_000_000).await?;
        let system = served.sign_in("system.admin@150302").await?;
        let input = json!({"code": "new", "name": "新单位", "kind": "police"});
        let made = system.mutate("organisationCreate", "organisation { id }", input).await?;
        let organisation = made.payload()?["organisation"]["id"].clone();
        // More than are asked for together.
        served.world.run_sql(many(backend)).await?;
        while Sealer::new(served.world.db.clone()).step().await? > 0 {}
        served.pass_seconds(10);
        // What reading and taking it out leaves is of later.
        let before = json!({"until": "2026-11-22T08:00:01Z"});
        let mut ids = vec![];
        for login in ["audit.admin@150302", "district.audit@150302", "audit.admin@320804"] {
            let auditor = served.sign_in(login).await?;
            let all = told(&auditor, &json!({"occurred": before})).await?;
            for format in ["CSV", "XLSX"] {
                let export = taken(&auditor, wanted(format, &json!({"occurred": before}))).await?;
                assert_eq!(file_of(&auditor, format, &export).await?, all, "{login} {format}");
            }
            let places = all.iter().filter(|row| row[9].len() == 64 && !row[8].is_empty()).count();
            ensure!(places == all.len() && !all.is_empty(), "{places} of {} are sealed", all.len());
            // In the other district nobody has done anything yet.
            let is_named = all.iter().any(|row| row[3].contains("system.admin"));
            ensure!(is_named != login.ends_with("@320804"), "{login} reads {is_named}");
            ids.push(all.into_iter().map(|row| row[0].clone()).collect::<Vec<_>>());
        }
        ensure!(ids[0].len() > 600, "{} entries are one page", ids[0].len());
        ensure!(ids[0] == ids[1] && ids[0].iter().all(|id| !ids[2].contains(id)), "districts are mixed");
        let auditor = served.sign_in("audit.admin@150302").await?;
        let actor = account_id(&system).await?;
        for (filter, some) in [
            (json!({"targetId": organisation, "occurred": before}), true),
            (json!({"accountId": actor, "action": "organisation.created", "occurred": before}), true),
            (json!({"accountId": actor, "action": "case.close", "occurred": before}), false),
            (json!({"occurred": {"from": "2026-11-22T08:00:00Z", "until": "2026-11-22T08:00:00Z"}}), false),
        ] {
            let export = taken(&auditor, wanted("CSV", &filter)).await?;
            let found = file_of(&auditor, "CSV", &export).await?;
            assert_eq!(found, told(&auditor, &filter).await?, "{filter}");
            assert_eq!(!found.is_empty(), some, "{filter}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_read_the_trail_takes_none_of_it_out() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        for login in [
            "system.admin",
            "district.command",
            "district.dispatch",
            "qianlishan.admin",
            "security.admin",
            "xindi.worker",
        ] {
            let actor = served.sign_in(&format!("{login}@150302")).await?;
            let answer = actor.mutate("exportStart", STARTED, wanted("CSV", &json!({}))).await?;
            assert_eq!(answer.code(), "FORBIDDEN", "{login}: {}", answer.text);
        }
        // Nor does whoever reads it take anything else.
        let auditor = served.sign_in("audit.admin@150302").await?;
        for kind in ["ROSTER", "CASES", "UNITS", "GRIDS"] {
            let input = json!({"kind": kind, "formatKind": "CSV", "purpose": "年度审计"});
            assert_eq!(auditor.mutate("exportStart", STARTED, input).await?.code(), "FORBIDDEN", "{kind}");
        }
        assert_eq!(served.world.number("SELECT count(*) FROM exports").await?, 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_the_trail_no_more_fetches_none_of_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.files.rows_alone = 1_000_000).await?;
        let security = served.sign_in("security.admin@150302").await?;
        // They may export whatever they do.
        let dispatcher = served.sign_in("district.dispatch@150302").await?;
        let district = Places::of(&security).unit("150302").await?;
        let grant = json!({"accountId": account_id(&dispatcher).await?, "role": "AUDITOR", "target": {"unitId": district}});
        let answer = security.mutate("roleGrantCreate", "roleGrant { id } userErrors { code path }", grant).await?;
        let granted = answer.payload()?["roleGrant"]["id"].clone();
        served.pass_seconds(10);
        let export = taken(&dispatcher, wanted("CSV", &json!({}))).await?;
        fetched(&dispatcher, &export).await?;
        let revoke = json!({"roleGrantId": granted});
        security.mutate("roleGrantRevoke", "userErrors { code path }", revoke).await?.payload()?;
        served.pass_seconds(10);
        let again = dispatcher.at(Method::GET, &text(&export["downloadPath"])?).send().await?;
        assert_eq!(again.status(), StatusCode::NOT_FOUND);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_names_nothing_of_the_trail_is_refused() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let auditor = served.sign_in("audit.admin@150302").await?;
        let stranger = served.sign_in("system.admin@320804").await?;
        let foreign = account_id(&stranger).await?;
        let nobody = "account_01900000-0000-7000-8000-000000000000";
        let unit = Places::of(&stranger).unit("320804").await?;
        let start =
            async |filter: Value| auditor.mutate("exportStart", STARTED, wanted("CSV", &filter)).await;
        for account in [&foreign, nobody] {
            let answer = start(json!({"accountId": account})).await?;
            is(&answer, "NOT_FOUND", "auditEntryFilter.accountId")?;
        }
        // That somebody was refused it makes it no better known.
        let worker = served.sign_in("xindi.worker@150302").await?;
        let refused =
            worker.mutate("accountDisable", "userErrors { code }", json!({"accountId": nobody})).await?;
        assert_eq!(refused.code(), "FORBIDDEN");
        for target in [unit.as_str(), nobody] {
            is(&start(json!({"targetId": target})).await?, "NOT_FOUND", "auditEntryFilter.targetId")?;
        }
        for filter in [
            json!({"accountId": "worker"}),
            json!({"targetId": "张三 的 案件"}),
            json!({"targetId": "x".repeat(65)}),
            json!({"action": "x".repeat(65)}),
        ] {
            assert_eq!(start(filter.clone()).await?.code(), "BAD_REQUEST", "{filter}");
        }
        assert_eq!(served.world.number("SELECT count(*) FROM exports").await?, 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_file_of_the_trail_waits_for_somebody_else_and_is_in_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.files.rows_alone = 3).await?;
        let auditor = served.sign_in("audit.admin@150302").await?;
        let export = taken(&auditor, wanted("CSV", &json!({}))).await?;
        assert_eq!((&export["state"], &export["downloadPath"]), (&json!("IN_REVIEW"), &Value::Null), "{export}");
        let none = json!({"action": "no.such.act", "occurred": {"from": "2026-01-01T00:00:00Z"}});
        let few = taken(&auditor, wanted("CSV", &none)).await?;
        assert_eq!(few["state"], "SUCCEEDED");
        let leader = served.sign_in("district.leader@150302").await?;
        let list = leader.run("{ exportReviews { nodes { id kind rowCount selection takenBy { login } } } }", json!({})).await?;
        let review = list.data("exportReviews/nodes")?[0].clone();
        assert_eq!((&review["kind"], &review["takenBy"]["login"]), (&json!("AUDIT_ENTRIES"), &json!("audit.admin")));
        let input = json!({"exportReviewId": review["id"]});
        leader.mutate("exportApprove", "userErrors { code path }", input).await?.payload()?;
        let ask = "query($id: ID!) { node(id: $id) { ... on Export { id state byteCount downloadPath rowsWritten } } }";
        let free = auditor.run(ask, json!({"id": export["id"]})).await?.data("node")?.clone();
        let file = file_of(&auditor, "CSV", &free).await?;
        assert_eq!(review["rowCount"], file.len());
        for (id, wanted) in [(&export["id"], json!({})), (&few["id"], json!({"auditEntryFilter":
            {"action": "no.such.act", "occurredFrom": "2026-01-01T00:00:00+00:00"}}))]
        {
            let entries = told(&auditor, &json!({"targetId": id})).await?;
            let acts: Vec<&str> = entries.iter().map(|entry| entry[4].as_str()).collect();
            for act in ["export.started", "data.exported"] {
                ensure!(acts.contains(&act), "{act} is not in {acts:?}");
            }
            // The trail does not name its own entries anew.
            ensure!(!acts.contains(&"export.rows"), "{acts:?}");
            let noted = entries.iter().find(|entry| entry[4] == "data.exported").context("noted")?;
            let detail: Value = serde_json::from_str(&noted[7])?;
            assert_eq!((&detail["kind"], &detail["selection"]), (&json!("audit_entries"), &wanted));
        }
        Ok(())
    })
    .await
}
