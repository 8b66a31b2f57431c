//! What was done offline and is sent together: each operation once, in its order, by its own rights.

use anyhow::Context as _;
use fengqiao_tests::{Actor, Answer, Matter, Places, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, person};

const SELECTION: &str = "operations { operationKey state expectedVersion case { id version state reportedAt }
    userErrors { code path } } userErrors { code path }";
/// An hour before it is sent.
const AT: &str = "2026-11-22T07:00:00.000000Z";

async fn sync(by: &Actor, operations: &[Value]) -> anyhow::Result<Answer> {
    by.mutate("fieldSync", SELECTION, json!({"operations": operations})).await
}

/// What became of each operation.
async fn told(by: &Actor, operations: &[Value]) -> anyhow::Result<Vec<Value>> {
    let answer = sync(by, operations).await?;
    let told = answer.payload()?["operations"].as_array().context("a list")?.clone();
    let sent: Vec<&Value> = operations.iter().map(|operation| &operation["operationKey"]).collect();
    assert_eq!(told.iter().map(|one| &one["operationKey"]).collect::<Vec<_>>(), sent, "in their order");
    Ok(told)
}

/// The states of operations, with the version of the case that each shows.
fn states(told: &[Value]) -> Vec<(&str, Option<i64>)> {
    told.iter()
        .map(|one| (one["state"].as_str().unwrap_or_default(), one["case"]["version"].as_i64()))
        .collect()
}

/// The only mistake of an operation that was refused.
fn refusal(told: &Value) -> (&str, String) {
    assert_eq!((&told["state"], &told["case"]), (&json!("REFUSED"), &Value::Null), "{told}");
    let errors = told["userErrors"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert_eq!(errors.len(), 1, "{told}");
    let path: Vec<&str> =
        errors[0]["path"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    (errors[0]["code"].as_str().unwrap_or_default(), path.join("."))
}

fn operation(id: &str, kind: &str, work: &Value) -> Value {
    json!({"operationKey": id, "doneAt": AT, "work": {kind: work}})
}

fn comment(id: &str, case: &Value, text: &str) -> Value {
    operation(id, "comment", &json!({"case": case, "text": text, "audience": "EVERYONE"}))
}

fn start(id: &str, matter: &Matter, version: i64) -> Value {
    operation(id, "start", &json!({"case": {"caseId": matter.id}, "expectedVersion": version}))
}

fn complete(id: &str, matter: &Matter, version: i64) -> Value {
    let work = json!({"case": {"caseId": matter.id}, "expectedVersion": version, "result": "已修好"});
    operation(id, "complete", &work)
}

async fn report(id: &str, by: &Actor, title: &str, source: &str) -> anyhow::Result<Value> {
    let places = Places::of(by);
    let work = json!({"categoryId": places.category(CATEGORY).await?, "title": title, "description": "述",
        "place": {"gridId": places.grid(GRID).await?}, "source": source});
    Ok(operation(id, "report", &work))
}

/// A case that lies with the worker, who has not begun: its version is three.
async fn dispatched(served: &Served) -> anyhow::Result<Matter> {
    let (station, worker) = (person(served, "xindi.station").await?, person(served, "xindi.worker").await?);
    let mut matter = Matter::report(&person(served, "xindi.resident").await?, GRID, CATEGORY).await?;
    matter.act(&station, "caseAccept", json!({})).await?;
    let target = json!({"target": {"accountId": account_id(&worker).await?}});
    matter.act(&station, "caseDispatch", target).await?;
    Ok(matter)
}

/// Cases, entries, events, audit rows of acts, and records of keys.
async fn rows(served: &Served) -> anyhow::Result<[i64; 5]> {
    let number = async |sql: &str| served.world.number(sql).await;
    Ok([
        number("SELECT count(*) FROM cases").await?,
        number("SELECT count(*) FROM case_entries").await?,
        number("SELECT count(*) FROM outbox_events").await?,
        number("SELECT count(*) FROM audit_entries WHERE action LIKE 'case.%'").await?,
        number("SELECT count(*) FROM idempotency_records").await?,
    ])
}

fn more(before: [i64; 5], after: [i64; 5]) -> [i64; 5] {
    std::array::from_fn(|index| after[index] - before[index])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_carried_out_in_its_order_and_sent_again_does_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let matter = dispatched(&served).await?;
        let reported = json!({"reportedBy": "op-4"});
        let batch = [
            start("op-1", &matter, 3),
            comment("op-2", &json!({"caseId": matter.id}), "已到现场"),
            complete("op-3", &matter, 5),
            report("op-4", &worker, "巡查发现井盖缺失", "PATROL").await?,
            comment("op-5", &reported, "已放警示牌"),
        ];
        let before = rows(&served).await?;
        let first = told(&worker, &batch).await?;
        let done = |version| ("DONE", Some(version));
        assert_eq!(states(&first), [done(4), done(5), done(6), done(1), done(2)], "{first:?}");
        assert_eq!(first[3]["case"]["id"], first[4]["case"]["id"]);
        assert_eq!(first[3]["case"]["reportedAt"], AT, "when it was seen, and not when it was sent");
        assert_eq!(first[2]["case"]["state"], "RESOLVED");
        let after = rows(&served).await?;
        assert_eq!(more(before, after), [1, 5, 5, 5, 5]);

        let again = told(&worker, &batch).await?;
        let replayed = |version| ("REPLAYED", Some(version));
        let wanted = [replayed(6), replayed(6), replayed(6), replayed(2), replayed(2)];
        assert_eq!(states(&again), wanted, "each as it is now");
        // Who sends a part again, and something more, does only what is more.
        let part = [batch[4].clone(), batch[3].clone(), comment("op-6", &reported, "已联系产权单位")];
        let part = told(&worker, &part).await?;
        assert_eq!(refusal(&part[0]), ("NOT_FOUND", "operations.0.work.comment.case".to_owned()));
        assert_eq!(states(&part)[1..], [replayed(2), done(3)]);
        assert_eq!(more(after, rows(&served).await?), [0, 1, 1, 1, 1]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_conflict_nothing_more_is_done_to_the_same_case() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let (mut changed, other) = (dispatched(&served).await?, dispatched(&served).await?);
        let station = person(&served, "xindi.station").await?;
        changed.act(&station, "caseComment", json!({"text": "请注意安全", "audience": "STAFF"})).await?;
        let case = json!({"caseId": changed.id});
        let mut batch = vec![
            start("c-1", &changed, 3),
            complete("c-2", &changed, 4),
            comment("c-3", &case, "已处置"),
            start("c-4", &other, 3),
            report("c-5", &worker, "", "PATROL").await?,
            comment("c-6", &json!({"reportedBy": "c-5"}), "见上"),
        ];
        let before = rows(&served).await?;
        let first = told(&worker, &batch).await?;
        let wanted = [
            ("CONFLICT", Some(4)),
            ("SKIPPED", None),
            ("SKIPPED", None),
            ("DONE", Some(4)),
            ("REFUSED", None),
            ("SKIPPED", None),
        ];
        assert_eq!(states(&first), wanted, "{first:?}");
        let versions: Vec<&Value> = first.iter().map(|one| &one["expectedVersion"]).collect();
        assert_eq!(
            versions,
            [&json!(3), &Value::Null, &Value::Null, &Value::Null, &Value::Null, &Value::Null]
        );
        assert_eq!(first[0]["case"]["state"], "DISPATCHED");
        assert_eq!(refusal(&first[4]), ("REQUIRED", "operations.4.work.report.title".to_owned()));
        assert_eq!(more(before, rows(&served).await?), [0, 1, 1, 1, 1], "only the other case was begun");

        // Who decides anew keeps the names: what was not done used none up.
        batch[0] = start("c-1", &changed, 4);
        batch[1] = complete("c-2", &changed, 5);
        batch[4] = report("c-5", &worker, "巡查发现井盖缺失", "PATROL").await?;
        let second = told(&worker, &batch).await?;
        let done = |version| ("DONE", Some(version));
        let wanted = [done(5), done(6), done(7), ("REPLAYED", Some(4)), done(1), done(2)];
        assert_eq!(states(&second), wanted, "{second:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_operation_is_called_is_its_accounts_own_and_names_one_thing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (worker, resident) =
            (person(&served, "xindi.worker").await?, person(&served, "xindi.resident").await?);
        let matter = dispatched(&served).await?;
        let case = json!({"caseId": matter.id});
        let said = [comment("same", &case, "还要多久")];
        assert_eq!(states(&told(&worker, &said).await?), [("DONE", Some(4))]);
        // What somebody else calls the same is another operation.
        assert_eq!(states(&told(&resident, &said).await?), [("DONE", Some(5))]);
        let before = rows(&served).await?;
        let twice = [comment("same", &case, "别的话"), said[0].clone(), said[0].clone()];
        let twice = told(&worker, &twice).await?;
        assert_eq!(refusal(&twice[0]), ("OPERATION_REUSED", "operations.0.operationKey".to_owned()));
        assert_eq!(states(&twice)[1..], [("SKIPPED", None), ("SKIPPED", None)]);
        let mut later = said[0].clone();
        later["doneAt"] = "2026-11-22T07:00:01Z".into();
        let later = told(&worker, &[later]).await?;
        assert_eq!(refusal(&later[0]), ("OPERATION_REUSED", "operations.0.operationKey".to_owned()));
        assert_eq!(more(before, rows(&served).await?), [0; 5]);
        // Within one batch the second is a repeat as well.
        let fresh = comment("fresh", &case, "收到");
        let both = told(&worker, &[fresh.clone(), fresh]).await?;
        assert_eq!(states(&both), [("DONE", Some(6)), ("REPLAYED", Some(6))]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_does_offline_what_they_may_not_do_otherwise() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let matter = dispatched(&served).await?;
        let case = json!({"caseId": matter.id});
        let resident = person(&served, "xindi.resident").await?;
        let internal = operation("r", "comment", &json!({"case": case, "text": "内部", "audience": "STAFF"}));
        let before = rows(&served).await?;
        for (login, one, code, place) in [
            ("xindi.resident", start("r", &matter, 3), "NOT_PERMITTED", "start.case"),
            ("xindi.resident", internal, "NOT_PERMITTED", "comment.audience"),
            ("xindi.resident2", comment("r", &case, "看看"), "NOT_FOUND", "comment.case"),
            ("xindi.resident2", start("r", &matter, 3), "NOT_FOUND", "start.case"),
            ("xindi.parttime", start("r", &matter, 3), "NOT_PERMITTED", "start.case"),
            ("xindi.worker", complete("r", &matter, 3), "ILLEGAL_TRANSITION", "complete.case"),
            ("system.admin", report("r", &resident, "井盖", "PATROL").await?, "NOT_PERMITTED", "report"),
            (
                "xindi.resident",
                report("r", &resident, "井盖", "PATROL").await?,
                "NOT_PERMITTED",
                "report.source",
            ),
        ] {
            let told = told(&person(&served, login).await?, &[one]).await?;
            assert_eq!(refusal(&told[0]), (code, format!("operations.0.work.{place}")), "{login}");
        }
        let anonymous = sync(&served.anonymous(), &[comment("r", &case, "看看")]).await?;
        assert_eq!(anonymous.code(), "UNAUTHENTICATED");
        assert_eq!(more(before, rows(&served).await?), [0; 5]);
        // What residents may do they may do offline.
        let own = [report("r-1", &resident, "路灯不亮", "RESIDENT").await?, comment("r-2", &case, "谢谢")];
        assert_eq!(states(&told(&resident, &own).await?), [("DONE", Some(1)), ("DONE", Some(4))]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_and_its_operations_are_bounded() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let matter = dispatched(&served).await?;
        let case = json!({"caseId": matter.id});
        let many = |most: usize| -> Vec<Value> {
            (1..=most).map(|number| comment(&format!("m-{number}"), &case, "走访记录")).collect()
        };
        let before = rows(&served).await?;
        let refused = sync(&worker, &many(101)).await?;
        assert_eq!(refused.user_error()?, ("TOO_MANY_OPERATIONS".to_owned(), "operations".to_owned()));
        let long = "长".repeat(65);
        for (id, at, code, place) in [
            ("", AT, "REQUIRED", "operationKey"),
            (long.as_str(), AT, "TOO_LONG", "operationKey"),
            ("a b", AT, "INVALID_TEXT", "operationKey"),
            ("a", "2026-10-23T07:59:59Z", "INVALID_TIME", "doneAt"),
            ("a", "2026-11-23T08:00:01Z", "INVALID_TIME", "doneAt"),
        ] {
            let mut one = comment(id, &case, "走访记录");
            one["doneAt"] = at.into();
            let told = told(&worker, &[one]).await?;
            assert_eq!(refusal(&told[0]), (code, format!("operations.0.{place}")), "{id} {at}");
        }
        assert_eq!(more(before, rows(&served).await?), [0; 5]);
        let told = told(&worker, &many(100)).await?;
        let wanted: Vec<_> = (4..104).map(|version| ("DONE", Some(version))).collect();
        assert_eq!(states(&told), wanted);
        assert_eq!(more(before, rows(&served).await?), [0, 100, 100, 100, 100]);
        Ok(())
    })
    .await
}

fn visit(id: &str, record: &Value, reported_by: Option<&str>) -> Value {
    operation(id, "visit", &json!({"record": record, "reportedBy": reported_by}))
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_are_recorded_once_with_the_case_that_came_of_them() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let mut changed = dispatched(&served).await?;
        let station = person(&served, "xindi.station").await?;
        changed.act(&station, "caseComment", json!({"text": "请注意安全", "audience": "STAFF"})).await?;
        let here = json!({"gridId": Places::of(&worker).grid(GRID).await?});
        let record = json!({"subject": {"kind": "HOUSEHOLD", "name": "李四"}, "purpose": "SCREENING", "outcome": "MET",
            "findings": "楼道堆物", "place": here});
        let mut of_case = record.clone();
        of_case["caseId"] = json!(changed.id);
        of_case["visitedAt"] = json!("2026-11-21T01:00:00Z");
        let batch = [
            report("v-1", &worker, "楼道堆物", "PATROL").await?,
            visit("v-2", &record, Some("v-1")),
            start("v-3", &changed, 3),
            visit("v-4", &of_case, None),
            report("v-5", &worker, "", "PATROL").await?,
            visit("v-6", &record, Some("v-5")),
        ];
        let selection = "operations { operationKey state case { id } visit { visitedAt findings case { id }
            subject { name { text } } } userErrors { code path } } userErrors { code path }";
        let send = async |batch: &[Value]| -> anyhow::Result<Vec<Value>> {
            let answer = worker.mutate("fieldSync", selection, json!({"operations": batch})).await?;
            Ok(answer.payload()?["operations"].as_array().context("a list")?.clone())
        };
        let first = send(&batch).await?;
        let told: Vec<&Value> = first.iter().map(|one| &one["state"]).collect();
        assert_eq!(told, ["DONE", "DONE", "CONFLICT", "DONE", "REFUSED", "SKIPPED"], "{first:?}");
        let wanted = json!({"visitedAt": AT, "findings": "楼道堆物", "case": first[0]["case"],
            "subject": {"name": {"text": "李*"}}});
        assert_eq!((&first[1]["visit"], &first[1]["case"]), (&wanted, &Value::Null));
        // What happened to its case meanwhile is none of its business, and it says itself when it was.
        assert_eq!(first[3]["visit"]["case"]["id"], changed.id);
        assert_eq!(first[3]["visit"]["visitedAt"], "2026-11-21T01:00:00.000000Z");

        let again = send(&batch).await?;
        let told: Vec<&Value> = again.iter().map(|one| &one["state"]).collect();
        assert_eq!(told, ["REPLAYED", "REPLAYED", "CONFLICT", "REPLAYED", "REFUSED", "SKIPPED"], "{again:?}");
        assert_eq!((&again[1]["visit"], &again[3]["visit"]), (&first[1]["visit"], &first[3]["visit"]));
        assert_eq!(served.world.number("SELECT count(*) FROM visits").await?, 2);

        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_of_a_visit_stand_where_the_visit_stands() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let matter = dispatched(&served).await?;
        let here = json!({"gridId": Places::of(&worker).grid(GRID).await?});
        let record = json!({"subject": {"kind": "HOUSEHOLD", "name": "李四"}, "purpose": "SCREENING", "outcome": "MET",
            "place": here});
        let mut of_case = record.clone();
        of_case["caseId"] = json!(matter.id);
        let mut masked = record.clone();
        masked["subject"]["name"] = json!("李*");
        let bad = [
            visit("w-1", &masked, None),
            visit("w-2", &record, Some("nothing")),
            report("w-3", &worker, "楼道堆物", "PATROL").await?,
            visit("w-4", &of_case, Some("w-3")),
        ];
        let told = told(&worker, &bad).await?;
        let refused = |at: usize| {
            let error = &told[at]["userErrors"][0];
            let path: Vec<&str> =
                error["path"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            (error["code"].as_str().unwrap_or_default(), path.join("."))
        };
        assert_eq!(refused(0), ("INVALID_TEXT", "operations.0.work.visit.record.subject.name".to_owned()));
        assert_eq!(refused(1), ("NOT_FOUND", "operations.1.work.visit.reportedBy".to_owned()));
        assert_eq!(refused(3), ("INVALID_VALUE", "operations.3.work.visit.reportedBy".to_owned()));
        // Who may not record visits may not do it offline.
        let resident = person(&served, "xindi.resident").await?;
        let denied = told_of(&resident, &visit("w-5", &record, None)).await?;
        assert_eq!(refusal(&denied), ("NOT_PERMITTED", "operations.0.work.visit.record".to_owned()));
        assert_eq!(served.world.number("SELECT count(*) FROM visits").await?, 0);
        Ok(())
    })
    .await
}

async fn told_of(by: &Actor, operation: &Value) -> anyhow::Result<Value> {
    Ok(told(by, std::slice::from_ref(operation)).await?.remove(0))
}
