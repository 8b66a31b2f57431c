//! What somebody may not do and tried is in the trail, so many times an hour, and nothing that they typed.

use std::collections::BTreeSet;

use anyhow::ensure;
use fengqiao_tests::{Actor, Places, Served, account_id, on_backends};
use serde_json::{Value, json};

/// Who was refused what, as the administrator of the audit reads it: actor, target, field, code.
async fn refused(served: &Served) -> anyhow::Result<BTreeSet<[String; 4]>> {
    let audit = served.sign_in("audit.admin@150302").await?;
    let query =
        "{ auditEntries(filter: {action: \"access.refuse\"}, first: 100) { nodes { actor target detail } } }";
    let answer = audit.run(query, Value::Null).await?;
    let mut entries = BTreeSet::new();
    for entry in answer.data("auditEntries/nodes")?.as_array().into_iter().flatten() {
        let detail: Value = match &entry["detail"] {
            Value::String(text) => serde_json::from_str(text)?,
            other => other.clone(),
        };
        ensure!(detail.as_object().is_some_and(|facts| facts.len() == 2), "{detail}");
        let texts = [&entry["actor"], &entry["target"], &detail["field"], &detail["code"]];
        entries.insert(texts.map(|text| text.as_str().unwrap_or_default().to_owned()));
    }
    Ok(entries)
}

/// Asks for the trail, which is not theirs, under another name.
async fn pry(actor: &Actor) -> anyhow::Result<()> {
    let answer = actor.run("{ harmless: auditEntries { totalCount } }", Value::Null).await?;
    assert_eq!(answer.code(), "FORBIDDEN");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_refused_is_written_down_with_who_tried_it_on_what() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (worker, town) =
            (served.sign_in("xindi.worker@150302").await?, served.sign_in("qianlishan.admin@150302").await?);
        let (who, whose) = (account_id(&worker).await?, account_id(&town).await?);
        let other = account_id(&served.sign_in("bailou.worker@150302").await?).await?;
        let payload = "account { state } userErrors { code path }";
        // A query, a mutation that they may never use, one that they may not use on this, and a part of a batch.
        pry(&worker).await?;
        let answer = worker.mutate("accountDisable", payload, json!({"accountId": other})).await?;
        assert_eq!(answer.code(), "FORBIDDEN");
        let answer = town.mutate("accountDisable", payload, json!({"accountId": other})).await?;
        assert_eq!(answer.user_error()?.0, "NOT_PERMITTED");
        let visit = json!({"subject": {"kind": "PERSON", "name": "演示·某人", "isKeyPerson": true},
            "purpose": "FOLLOW_UP", "outcome": "MET", "findings": "在家",
            "place": {"gridId": Places::of(&worker).grid("150302101203001").await?}});
        let work = json!({"operationKey": "one", "doneAt": "2026-11-22T07:00:00Z", "work": {"visit": {"record": visit}}});
        let sync = "operations { state userErrors { code } } userErrors { code path }";
        let answer = worker.mutate("fieldSync", sync, json!({"operations": [work]})).await?;
        let mistake = &answer.payload()?["operations"][0]["userErrors"][0];
        assert_eq!(mistake["code"], "NOT_PERMITTED", "{}", answer.text);
        // What can be mended is a mistake and no attempt.
        let answer = town.mutate("accountDisable", payload, json!({"accountId": whose})).await?;
        ensure!(answer.user_error().is_ok(), "{}", answer.text);
        let entries = refused(&served).await?;
        let district = entries.iter().find(|[_, target, ..]| target.starts_with("tenant_"));
        let district = district.map(|[_, target, ..]| target.clone()).unwrap_or_default();
        for (actor, target, field, code) in [
            (&who, &district, "auditEntries", "FORBIDDEN"),
            (&who, &district, "accountDisable", "FORBIDDEN"),
            (&whose, &other, "accountDisable", "NOT_PERMITTED"),
            (&who, &district, "fieldSync", "NOT_PERMITTED"),
        ] {
            let entry = [actor, target, field, code].map(str::to_owned);
            ensure!(entries.contains(&entry), "{entry:?} is not in {entries:?}");
        }
        Ok(())
    })
    .await
}

/// How many entries there are of these fields, those that say that there was more apart.
async fn tried(served: &Served, field: &str) -> anyhow::Result<(i64, i64)> {
    let of = format!(
        "SELECT count(*) FROM audit_entries WHERE action = 'access.refuse' AND CAST(detail AS TEXT) LIKE '%\"{field}\"%'"
    );
    let more = "CAST(detail AS TEXT) LIKE '%\"more\"%'";
    let all = served.world.number(&format!("{of} AND NOT {more}")).await?;
    Ok((all, served.world.number(&format!("{of} AND {more}")).await?))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_tries_without_end_fills_nothing_and_hides_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.audit.refusals_per_hour = 12).await?;
        let worker = served.sign_in("xindi.worker@150302").await?;
        for _ in 0..10 {
            pry(&worker).await?;
        }
        assert_eq!(tried(&served, "auditEntries").await?, (2, 1), "a sixth, and that there was more");
        let input = json!({"accountId": account_id(&worker).await?});
        let other = worker.mutate("accountDisable", "userErrors { code }", input).await?;
        assert_eq!(other.code(), "FORBIDDEN");
        assert_eq!(tried(&served, "accountDisable").await?, (1, 0), "what else they try is not hidden by it");
        pry(&served.sign_in("xindi.volunteer@150302").await?).await?;
        assert_eq!(tried(&served, "auditEntries").await?, (3, 1), "of each so many");
        served.pass_seconds(30 * 60);
        for _ in 0..2 {
            pry(&served.sign_in("xindi.worker@150302").await?).await?;
        }
        assert_eq!(tried(&served, "auditEntries").await?, (4, 1), "one more after half an hour");
        Ok(())
    })
    .await
}
