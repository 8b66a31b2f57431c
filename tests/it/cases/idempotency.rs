//! A mutation repeated under its key has its effect once.

use anyhow::ensure;
use fengqiao_tests::{Actor, Answer, Matter, Places, Served, mutation, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, person};

const SELECTION: &str = "case { id number version state } userErrors { code path }";

async fn keyed(by: &Actor, field: &str, input: &Value, key: &str) -> anyhow::Result<Answer> {
    by.run_with(&mutation(field, SELECTION), json!({"input": input}), &[("idempotency-key", key)]).await
}

async fn report_input(by: &Actor, title: &str) -> anyhow::Result<Value> {
    let places = Places::of(by);
    let (category, grid) = (places.category(CATEGORY).await?, places.grid(GRID).await?);
    Ok(json!({"categoryId": category, "place": {"gridId": grid}, "title": title, "description": "述",
        "source": "RESIDENT"}))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_report_is_one_case_with_one_event() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let resident = person(&served, "xindi.resident").await?;
        let input = report_input(&resident, "井盖缺失").await?;
        let counts = async || -> anyhow::Result<(i64, i64, i64)> {
            Ok((
                served.world.number("SELECT count(*) FROM cases").await?,
                served.world.number("SELECT count(*) FROM outbox_events").await?,
                served
                    .world
                    .number("SELECT count(*) FROM audit_entries WHERE action = 'case.report'")
                    .await?,
            ))
        };
        let before = counts().await?;
        let first = keyed(&resident, "caseReport", &input, "key-1").await?;
        let second = keyed(&resident, "caseReport", &input, "key-1").await?;
        assert_eq!(first.payload()?, second.payload()?);
        // The same object written in another order is the same input.
        let mut other_order = serde_json::Map::new();
        for (key, value) in input.as_object().into_iter().flatten().rev() {
            other_order.insert(key.clone(), value.clone());
        }
        let third = keyed(&resident, "caseReport", &Value::Object(other_order), "key-1").await?;
        assert_eq!(first.payload()?, third.payload()?);
        let after = counts().await?;
        assert_eq!((after.0 - before.0, after.1 - before.1, after.2 - before.2), (1, 1, 1));

        let other = report_input(&resident, "另一个井盖").await?;
        let reused = keyed(&resident, "caseReport", &other, "key-1").await?;
        assert_eq!(reused.code(), "BAD_REQUEST", "{}", reused.text);
        assert_eq!(reused.body["errors"][0]["extensions"]["reason"], "IDEMPOTENCY_KEY_REUSED");
        // The key is the principal's own.
        let neighbour = person(&served, "xindi.resident2").await?;
        let theirs = keyed(&neighbour, "caseReport", &input, "key-1").await?;
        ensure!(theirs.payload()?["case"]["id"] != first.payload()?["case"]["id"]);
        assert_eq!(counts().await?.0 - before.0, 2);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_act_answers_with_the_case_as_it_is_now() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, resident) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        let mut matter = Matter::report(&resident, GRID, CATEGORY).await?;
        let input = matter.input("caseAccept", &json!({}));
        let first = keyed(&station, "caseAccept", &input, "accept").await?;
        assert_eq!(first.payload()?["case"]["version"], 2);
        matter.version = 2;
        matter.act(&station, "caseStart", json!({})).await?;
        let replay = keyed(&station, "caseAccept", &input, "accept").await?;
        assert_eq!(replay.payload()?["case"]["version"], 3, "no conflict, and no second acceptance");
        // A refused act leaves no record: it may be tried again under its key.
        let refused = keyed(&station, "caseClose", &matter.input("caseClose", &json!({})), "close").await?;
        assert_eq!(refused.user_error()?.0, "ILLEGAL_TRANSITION");
        let again = keyed(&station, "caseClose", &matter.input("caseClose", &json!({})), "close").await?;
        assert_eq!(again.user_error()?.0, "ILLEGAL_TRANSITION");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn simultaneous_repetitions_have_one_effect() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let resident = person(&served, "xindi.resident").await?;
        let input = report_input(&resident, "同时提交").await?;
        let answers =
            futures::future::try_join_all((0..8).map(|_| keyed(&resident, "caseReport", &input, "race")))
                .await?;
        let mut ids = vec![];
        for answer in &answers {
            match answer.code() {
                "" => ids.push(answer.payload()?["case"]["id"].to_string()),
                _ => assert_eq!(
                    answer.body["errors"][0]["extensions"]["reason"], "IDEMPOTENCY_KEY_IN_USE",
                    "{}",
                    answer.text
                ),
            }
        }
        ids.dedup();
        assert_eq!(ids.len(), 1, "{ids:?}");
        let sql = "SELECT count(*) FROM cases WHERE title = '同时提交'";
        assert_eq!(served.world.number(sql).await?, 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_goes_with_exactly_one_root_mutation() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let resident = person(&served, "xindi.resident").await?;
        let input = report_input(&resident, "两次").await?;
        let document = format!(
            "mutation($input: CaseReportInput!) {{ a: caseReport(input: $input) {{ {SELECTION} }}
                b: caseReport(input: $input) {{ {SELECTION} }} }}"
        );
        let headers = [("idempotency-key", "two")];
        let answer = resident.run_with(&document, json!({"input": input}), &headers).await?;
        assert_eq!((answer.status, answer.code()), (400, "BAD_REQUEST"), "{}", answer.text);
        let too_long = "k".repeat(256);
        let answer = keyed(&resident, "caseReport", &input, &too_long).await?;
        assert_eq!((answer.status, answer.code()), (400, "BAD_REQUEST"), "{}", answer.text);
        assert_eq!(served.world.number("SELECT count(*) FROM cases WHERE title = '两次'").await?, 0);
        Ok(())
    })
    .await
}
