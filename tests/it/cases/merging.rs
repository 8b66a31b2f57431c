//! A case becomes part of another (并案): it ends there, the other one goes on, and there is never a chain or a circle.

use fengqiao_tests::{Actor, Matter, Served, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, person};

fn into(master: &Matter) -> Value {
    json!({"masterId": master.id, "reason": "同一处漏水"})
}

/// Somebody merges a case into another, and is refused: with which code at which path.
async fn refused(by: &Actor, case: &Matter, input: Value) -> anyhow::Result<(String, String)> {
    case.try_act(by, "caseMerge", input).await?.user_error()
}

fn mistake(code: &str, path: &str) -> (String, String) {
    (code.to_owned(), path.to_owned())
}

/// The number of what a case is part of.
async fn master(by: &Actor, case: &Matter) -> anyhow::Result<Value> {
    Ok(case.read(by, "master { number }").await?["master"]["number"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_directs_makes_it_part_of_another() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, resident) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        let whole = Matter::report(&resident, GRID, CATEGORY).await?;
        let mut part = Matter::report(&resident, GRID, CATEGORY).await?;
        for (login, code) in [
            ("xindi.resident", "NOT_PERMITTED"),
            ("xindi.resident2", "NOT_FOUND"),
            ("xindi.worker", "NOT_PERMITTED"),
            ("district.leader", "NOT_PERMITTED"),
            ("binhe.dispatch", "NOT_FOUND"),
        ] {
            let told = refused(&person(&served, login).await?, &part, into(&whole)).await?;
            assert_eq!(told, mistake(code, "caseId"), "{login}");
        }
        let silent = json!({"masterId": whole.id, "reason": " "});
        assert_eq!(refused(&station, &part, silent).await?, mistake("REQUIRED", "reason"));
        assert_eq!(refused(&station, &part, into(&part)).await?, mistake("INVALID_MASTER", "masterId"));
        let last = if whole.id.ends_with('0') { "1" } else { "0" };
        let nothing = format!("{}{last}", &whole.id[..whole.id.len() - 1]);
        let nothing = json!({"masterId": nothing, "reason": "同一处漏水"});
        assert_eq!(refused(&station, &part, nothing).await?, mistake("NOT_FOUND", "masterId"));
        let mut gone = Matter::report(&resident, GRID, CATEGORY).await?;
        gone.act(&resident, "caseWithdraw", json!({})).await?;
        assert_eq!(refused(&station, &part, into(&gone)).await?, mistake("INVALID_MASTER", "masterId"));
        assert_eq!(part.read(&station, "state version").await?, json!({"state": "REPORTED", "version": 1}));

        assert_eq!(part.act(&station, "caseMerge", into(&whole)).await?, "MERGED");
        assert_eq!(part.inbox(&station).await?, Some("DONE"));
        let read = "state stage { key } master { number } timeline(last: 1) { nodes { act text toState } }";
        let read = part.read(&resident, read).await?;
        assert_eq!((&read["state"], &read["stage"]["key"]), (&json!("MERGED"), &json!("merged")));
        assert_eq!(read["master"]["number"], json!(whole.number));
        let entry = json!({"act": "MERGE", "text": "同一处漏水", "toState": "MERGED"});
        assert_eq!(read["timeline"]["nodes"], json!([entry]));
        let read =
            whole.read(&station, "state version duplicates { number } timeline { nodes { act } }").await?;
        let wanted = json!({"state": "REPORTED", "version": 1, "duplicates": [{"number": part.number}],
            "timeline": {"nodes": [{"act": "REPORT"}]}});
        assert_eq!(read, wanted, "the other one goes on as it was");
        assert_eq!(whole.inbox(&station).await?, Some("TODO"));
        let late = part.try_act(&station, "caseAccept", json!({})).await?;
        assert_eq!(late.user_error()?, mistake("ILLEGAL_TRANSITION", "caseId"));
        assert_eq!(refused(&station, &part, into(&gone)).await?, mistake("ILLEGAL_TRANSITION", "caseId"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn never_a_chain_and_never_a_circle() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, resident) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        let mut first = Matter::report(&resident, GRID, CATEGORY).await?;
        let mut second = Matter::report(&resident, GRID, CATEGORY).await?;
        let mut third = Matter::report(&resident, GRID, CATEGORY).await?;
        let whole = Matter::report(&resident, GRID, CATEGORY).await?;
        first.act(&station, "caseMerge", into(&second)).await?;
        let circle = refused(&station, &second, into(&first)).await?;
        assert_eq!(circle, mistake("INVALID_MASTER", "masterId"));
        // Into what is part of another: it becomes part of the other.
        third.act(&station, "caseMerge", into(&first)).await?;
        assert_eq!(master(&station, &third).await?, json!(second.number));
        // What is part of a case moves along with it.
        second.act(&station, "caseMerge", into(&whole)).await?;
        for part in [&first, &second, &third] {
            assert_eq!(master(&station, part).await?, json!(whole.number));
            assert_eq!(refused(&station, &whole, into(part)).await?, mistake("INVALID_MASTER", "masterId"));
            let read = part.read(&station, "state version duplicates { number }").await?;
            assert_eq!(read, json!({"state": "MERGED", "version": 2, "duplicates": []}));
        }
        let told = whole.read(&station, "duplicates { number }").await?;
        let told = told["duplicates"].as_array().cloned().unwrap_or_default();
        assert_eq!(told.len(), 3, "{told:?}");
        for part in [&first, &second, &third] {
            assert!(told.contains(&json!({"number": part.number})), "{told:?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_are_merged_into_each_other_at_once_one_is() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, town) =
            (person(&served, "xindi.station").await?, person(&served, "qianlishan.dispatch").await?);
        let resident = person(&served, "xindi.resident").await?;
        for _ in 0..5 {
            let one = Matter::report(&resident, GRID, CATEGORY).await?;
            let other = Matter::report(&resident, GRID, CATEGORY).await?;
            let (there, back) = tokio::join!(
                one.try_act(&station, "caseMerge", into(&other)),
                other.try_act(&town, "caseMerge", into(&one)),
            );
            let (there, back) = (there?, back?);
            assert_ne!(there.payload().is_ok(), back.payload().is_ok(), "{} {}", there.text, back.text);
            let late = if there.payload().is_ok() { back } else { there };
            let (code, _) = late.user_error()?;
            assert!(["CONFLICT", "INVALID_MASTER"].contains(&code.as_str()), "{code}");
        }
        Ok(())
    })
    .await
}

const FOLLOWED: &str = "subscription($after: String) { caseEvents(after: $after) { ... on Resync { reason }
    ... on CaseEventDelivery { event { ... on CaseClosed { caseNumber case { number } } } } } }";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reported_it_too_follows_the_other_one_without_seeing_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let station = person(&served, "xindi.station").await?;
        let (one, other) =
            (person(&served, "xindi.resident").await?, person(&served, "xindi.resident2").await?);
        let mut whole = Matter::report(&one, GRID, CATEGORY).await?;
        let mut part = Matter::report(&other, GRID, CATEGORY).await?;
        let progress = "masterProgress { number state } master { number }";
        assert_eq!(part.read(&other, progress).await?["masterProgress"], Value::Null);
        part.act(&station, "caseMerge", into(&whole)).await?;
        let number = whole.number.clone();
        let stands =
            |state: &str| json!({"masterProgress": {"number": number, "state": state}, "master": null});
        assert_eq!(part.read(&other, progress).await?, stands("REPORTED"));
        let told = part.read(&station, "masterProgress { number } master { number }").await?;
        let wanted = json!({"masterProgress": null, "master": {"number": whole.number}});
        assert_eq!(told, wanted, "staff see the case itself");

        let mut following = other.subscribe(FOLLOWED).await?;
        whole.act(&station, "caseAccept", json!({})).await?;
        assert_eq!(part.read(&other, progress).await?, stands("ACCEPTED"));
        let worker = person(&served, "xindi.worker").await?;
        let target = json!({"target": {"accountId": fengqiao_tests::account_id(&worker).await?}});
        whole.act(&station, "caseDispatch", target).await?;
        whole.act(&worker, "caseStart", json!({})).await?;
        whole.act(&worker, "caseComplete", json!({"result": "已修好"})).await?;
        whole.act(&station, "caseVerify", json!({})).await?;
        whole.act(&station, "caseClose", json!({})).await?;
        assert_eq!(part.read(&other, progress).await?, stands("CLOSED"));
        let told = following.event_where(|event| *event != json!({})).await?;
        assert_eq!(
            told,
            json!({"caseNumber": whole.number, "case": null}),
            "of the case itself they see nothing"
        );
        assert_eq!(whole.read(&other, "id").await?, Value::Null);
        // Whoever followed what becomes part of another follows that.
        let mut third = Matter::report(&person(&served, "xindi.resident").await?, GRID, CATEGORY).await?;
        let mut second = Matter::report(&other, GRID, CATEGORY).await?;
        second.act(&station, "caseMerge", into(&third)).await?;
        let last = Matter::report(&person(&served, "xindi.resident").await?, GRID, CATEGORY).await?;
        served.pass_seconds(1);
        third.act(&station, "caseMerge", into(&last)).await?;
        let told = second.read(&other, "masterProgress { number state }").await?;
        assert_eq!(told["masterProgress"], json!({"number": last.number, "state": "REPORTED"}));
        Ok(())
    })
    .await
}
