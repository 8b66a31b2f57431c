//! Visits: recorded once, sealed and masked, seen by their place, struck off by whoever made them.

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Matter, Places, Served, account_id, mutation, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, person};

const SELECTION: &str = "visit { id account { login } subject { kind name { text isMasked } phone { text } }
    purpose outcome findings sensitivity place { town { code } village { code } grid { code } address { text } point { longitude } }
    case { id } visitedAt recordedAt state voidedAt voidReason version } userErrors { code path }";
const FOUND: &str = "独居老人，燃气软管老化";
const NOW: &str = "2026-11-22T08:00:00.000000Z";

async fn grid(by: &Actor) -> anyhow::Result<Value> {
    Ok(json!({"gridId": Places::of(by).grid(GRID).await?}))
}

/// What most visits say.
async fn plain(by: &Actor) -> anyhow::Result<Value> {
    Ok(
        json!({"subject": {"kind": "HOUSEHOLD"}, "purpose": "ROUTINE", "outcome": "MET", "place": grid(by).await?}),
    )
}

fn with(visit: &Value, more: &Value) -> Value {
    let mut visit = visit.clone();
    for (key, value) in more.as_object().into_iter().flatten() {
        visit[key] = value.clone();
    }
    visit
}

async fn record(by: &Actor, visit: &Value) -> anyhow::Result<Value> {
    let answer = by.mutate("visitRecord", SELECTION, visit.clone()).await?;
    let payload = answer.payload()?.clone();
    ensure!(payload["userErrors"] == json!([]), "{payload}");
    Ok(payload["visit"].clone())
}

/// Ids of the visits that a filter finds, in their order.
async fn found(by: &Actor, filter: &Value) -> anyhow::Result<Vec<String>> {
    let ask =
        "query($filter: VisitFilter) { visits(filter: $filter, first: 100) { totalCount nodes { id } } }";
    let answer = by.run(ask, json!({"filter": filter})).await?;
    let list = answer.data("visits")?;
    let ids: Vec<String> = list["nodes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|node| node["id"].as_str())
        .map(str::to_owned)
        .collect();
    ensure!(list["totalCount"] == json!(ids.len()), "{list}");
    Ok(ids)
}

fn id(visit: &Value) -> anyhow::Result<String> {
    Ok(visit["id"].as_str().context("an id")?.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_kept_sealed_and_told_masked() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let matter = Matter::report(&person(&served, "xindi.resident").await?, GRID, CATEGORY).await?;
        let told = json!({"subject": {"kind": "PERSON", "name": "张三丰", "phone": "138 1234 5678"},
            "purpose": "FOLLOW_UP", "findings": FOUND, "address": "3号楼2单元", "caseId": matter.id,
            "point": {"longitude": 106.8, "latitude": 39.6, "coordinateSystem": "GCJ02"},
            "visitedAt": "2026-11-20T01:00:00Z"});
        let visit = record(&worker, &with(&plain(&worker).await?, &told)).await?;
        let wanted = json!({"account": {"login": "xindi.worker"}, "subject": {"kind": "PERSON",
            "name": {"text": "张*", "isMasked": true}, "phone": {"text": "138****5678"}}, "purpose": "FOLLOW_UP",
            "outcome": "MET", "findings": FOUND, "sensitivity": "NORMAL", "place": {"town": {"code": "150302101"},
            "village": {"code": "150302101203"}, "grid": {"code": GRID}, "address": {"text": "3号楼2单元"},
            "point": {"longitude": 106.8}}, "case": {"id": matter.id}, "visitedAt": "2026-11-20T01:00:00.000000Z",
            "recordedAt": NOW, "state": "RECORDED", "voidedAt": null, "voidReason": null, "version": 1});
        assert_eq!(with(&visit, &wanted), visit);
        // Whoever reads the cases there reads the same, by every way to it.
        let ask = format!(
            "query($id: ID!) {{ {} node(id: $id) {{ id }} }}",
            SELECTION.split("userErrors").next().unwrap_or_default().replacen("visit", "visit(id: $id)", 1)
        );
        let station = person(&served, "xindi.station").await?;
        let read = station.run(&ask, json!({"id": visit["id"]})).await?;
        assert_eq!((read.data("visit")?, &read.data("node")?["id"]), (&visit, &visit["id"]));
        for login in ["xindi.resident", "justice.handler", "system.admin"] {
            let read = person(&served, login).await?.run(&ask, json!({"id": visit["id"]})).await?;
            assert_eq!(read.body["data"], json!({"visit": null, "node": null}), "{login}");
        }
        // Neither the database nor what is told of it has any of the words.
        let rows = [served.world.rows("visits").await?, served.world.rows("outbox_events").await?].concat();
        let rows = [rows, served.world.rows("audit_entries").await?].concat().concat();
        for word in [FOUND, "张三丰", "13812345678", "3号楼"] {
            let hex = hex::encode(word);
            ensure!(!rows.contains(word) && !rows.to_lowercase().contains(&hex), "{word} is there");
        }
        let count = async |sql: &str| served.world.number(sql).await;
        assert_eq!(count("SELECT count(*) FROM outbox_events WHERE name = 'visit.recorded'").await?, 1);
        assert_eq!(count("SELECT count(*) FROM audit_entries WHERE action = 'visit.recorded'").await?, 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_refused_and_leaves_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let stranger =
            Matter::report(&person(&served, "xindi.resident").await?, "150302007003001", CATEGORY).await?;
        let visit = plain(&worker).await?;
        let never = "01900000-0000-7000-8000-000000000000";
        for (more, code, path) in [
            (json!({"place": null}), "REQUIRED", "place"),
            (json!({"place": {"gridId": format!("grid_{never}")}}), "NOT_FOUND", "place.gridId"),
            (json!({"place": {"unitId": format!("unit_{never}")}}), "NOT_FOUND", "place.unitId"),
            (json!({"caseId": format!("case_{never}")}), "NOT_FOUND", "caseId"),
            (json!({"caseId": stranger.id}), "NOT_FOUND", "caseId"),
            (json!({"findings": "长".repeat(1_001)}), "TOO_LONG", "findings"),
            (json!({"address": "长".repeat(201)}), "TOO_LONG", "address"),
            (json!({"findings": "\u{7}"}), "INVALID_TEXT", "findings"),
            (json!({"subject": {"kind": "PERSON", "name": "张*"}}), "INVALID_TEXT", "subject.name"),
            (json!({"subject": {"kind": "PERSON", "phone": "138****5678"}}), "INVALID_TEXT", "subject.phone"),
            (json!({"visitedAt": "2026-11-22T08:00:01Z"}), "INVALID_TIME", "visitedAt"),
            (
                json!({"point": {"longitude": 181.0, "latitude": 0.0, "coordinateSystem": "WGS84"}}),
                "INVALID_POINT",
                "point",
            ),
        ] {
            let answer = worker.mutate("visitRecord", SELECTION, with(&visit, &more)).await?;
            assert_eq!(answer.user_error()?, (code.to_owned(), path.to_owned()), "{more}");
        }
        for login in ["xindi.resident", "system.admin", "hotline.api"] {
            let by = person(&served, login).await?.into_program();
            assert_eq!(
                by.mutate("visitRecord", SELECTION, visit.clone()).await?.code(),
                "FORBIDDEN",
                "{login}"
            );
        }
        assert_eq!(
            served.anonymous().mutate("visitRecord", SELECTION, visit).await?.code(),
            "UNAUTHENTICATED"
        );
        assert_eq!(served.world.number("SELECT count(*) FROM visits").await?, 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn only_whoever_made_a_visit_strikes_it_off_and_only_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let visit = record(&worker, &plain(&worker).await?).await?;
        let input = json!({"visitId": visit["id"], "reason": "登记错了住户"});
        let refused = async |login: &str| {
            person(&served, login).await?.mutate("visitVoid", SELECTION, input.clone()).await
        };
        for (login, code) in [
            ("xindi.station", "NOT_PERMITTED"),
            ("district.command", "NOT_PERMITTED"),
            ("xindi.mediator", "NOT_FOUND"),
        ] {
            assert_eq!(
                refused(login).await?.user_error()?,
                (code.to_owned(), "visitId".to_owned()),
                "{login}"
            );
        }
        assert_eq!(refused("xindi.resident").await?.code(), "FORBIDDEN");
        let empty = json!({"visitId": visit["id"], "reason": " "});
        let empty = worker.mutate("visitVoid", SELECTION, empty).await?;
        assert_eq!(empty.user_error()?, ("REQUIRED".to_owned(), "reason".to_owned()));
        served.pass_seconds(60);
        let voided = worker.mutate("visitVoid", SELECTION, input.clone()).await?;
        let wanted = json!({"state": "VOIDED", "voidedAt": "2026-11-22T08:01:00.000000Z",
            "voidReason": "登记错了住户", "version": 2});
        assert_eq!(voided.payload()?["visit"], with(&visit, &wanted));
        let again = worker.mutate("visitVoid", SELECTION, input.clone()).await?;
        assert_eq!(again.user_error()?, ("ALREADY_VOIDED".to_owned(), "visitId".to_owned()));
        let station = person(&served, "xindi.station").await?;
        assert_eq!(found(&station, &json!({"state": "VOIDED"})).await?, [id(&visit)?]);
        assert_eq!(found(&station, &json!({"state": "RECORDED"})).await?, [""; 0]);
        assert_eq!(found(&station, &json!({})).await?, [id(&visit)?]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_are_found_by_what_they_are_newest_first() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (worker, station) =
            (person(&served, "xindi.worker").await?, person(&served, "xindi.station").await?);
        let matter = Matter::report(&person(&served, "xindi.resident").await?, GRID, CATEGORY).await?;
        let visit = plain(&worker).await?;
        let village = Places::of(&worker).unit("150302101203").await?;
        let at = |hour: u32| format!("2026-11-21T{hour:02}:00:00Z");
        let made = [
            (&worker, json!({"visitedAt": at(3)})),
            (&station, json!({"visitedAt": at(1), "place": {"unitId": village}, "purpose": "CONDOLENCE"})),
            (&worker, json!({"visitedAt": at(2), "outcome": "ABSENT", "caseId": matter.id})),
            (&worker, json!({"visitedAt": at(3), "subject": {"kind": "ENTERPRISE"}, "sensitivity": "SENSITIVE"})),
        ];
        let mut ids = vec![];
        for (by, more) in made {
            ids.push(id(&record(by, &with(&visit, &more)).await?)?);
        }
        let worker_id = account_id(&worker).await?;
        for (filter, wanted) in [
            (json!({}), &[3, 0, 2, 1][..]),
            (json!({"accountId": worker_id}), &[3, 0, 2]),
            (json!({"caseId": matter.id}), &[2]),
            (json!({"place": {"unitId": village}}), &[3, 0, 2, 1]),
            (json!({"place": grid(&worker).await?}), &[3, 0, 2]),
            (json!({"subjectKinds": ["ENTERPRISE", "PERSON"]}), &[3]),
            (json!({"purposes": ["CONDOLENCE"]}), &[1]),
            (json!({"outcomes": ["ABSENT"]}), &[2]),
            (json!({"visited": {"from": at(2), "until": at(3)}}), &[2]),
            (json!({"visited": {"from": at(2)}, "outcomes": ["MET"]}), &[3, 0]),
        ] {
            let wanted: Vec<&String> = wanted.iter().map(|at| &ids[*at]).collect();
            assert_eq!(found(&station, &filter).await?.iter().collect::<Vec<_>>(), wanted, "{filter}");
        }
        // A page at a time there are the same ones.
        let ask = "query($after: String) { visits(first: 1, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } }";
        let (mut walked, mut after) = (vec![], Value::Null);
        loop {
            let answer = station.run(ask, json!({"after": after})).await?;
            walked.push(id(&answer.data("visits/nodes/0")?.clone())?);
            after = answer.data("visits/pageInfo/endCursor")?.clone();
            if answer.data("visits/pageInfo/hasNextPage")? == &json!(false) {
                break;
            }
        }
        assert_eq!(walked, [&ids[3], &ids[0], &ids[2], &ids[1]].map(String::clone));
        // Sensitive ones are read by whom sensitive cases are, and by whoever made them.
        let parttime = person(&served, "xindi.parttime").await?;
        assert_eq!(found(&parttime, &json!({})).await?, [&ids[0], &ids[2]].map(String::clone));
        assert_eq!(found(&worker, &json!({})).await?, [&ids[3], &ids[0], &ids[2]].map(String::clone));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_that_is_sent_twice_under_a_key_is_one() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let (document, variables) =
            (mutation("visitRecord", SELECTION), json!({"input": plain(&worker).await?}));
        let send =
            async || worker.run_with(&document, variables.clone(), &[("idempotency-key", "v-1")]).await;
        assert_eq!(send().await?.payload()?, send().await?.payload()?);
        assert_eq!(served.world.number("SELECT count(*) FROM visits").await?, 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_no_less_delicate_than_the_case_that_it_was_made_for() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let station = person(&served, "xindi.station").await?;
        let category = Places::of(&station).category(CATEGORY).await?;
        let report = json!({"categoryId": category, "title": "纠纷", "description": "述", "place": grid(&station).await?,
            "source": "PATROL", "sensitivity": "SENSITIVE"});
        let answer = station.mutate("caseReport", "case { id } userErrors { code path }", report).await?;
        let case = answer.payload()?["case"]["id"].clone();
        let visit = with(&plain(&station).await?, &json!({"caseId": case, "findings": FOUND}));
        let recorded = record(&station, &visit).await?;
        assert_eq!(recorded["sensitivity"], "SENSITIVE");
        // Who reads neither sensitive cases nor made it does not read what was said of one.
        assert_eq!(found(&person(&served, "xindi.parttime").await?, &json!({"caseId": case})).await?, [""; 0]);
        Ok(())
    })
    .await
}
