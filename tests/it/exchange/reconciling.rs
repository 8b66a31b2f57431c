//! Both sides' books are compared, and every difference is named (对账).

use fengqiao_tests::{Actor, Answer, on_backends};
use serde_json::{Value, json};

use super::{Partner, order, told};

const DOCUMENT: &str = "query($input: ExchangeReconcileInput!) { exchangeReconcile(input: $input) { oursCount theirsCount sameCount \
     differences { kind caseNumber number } userErrors { code path } } }";

async fn reconcile(by: &Actor, partner: &Partner, theirs: Value) -> anyhow::Result<Answer> {
    let input = json!({
        "partnerId": partner.id, "fromAt": "2026-11-22T00:00:00Z", "untilAt": "2026-11-23T00:00:00Z", "theirs": theirs,
    });
    by.run(DOCUMENT, json!({"input": input})).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_difference_has_its_name() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (desk, partner, _) = told(backend).await?;
        let mut numbers = vec![];
        for number in ["WH-1", "WH-2", "WH-3", "WH-4"] {
            let answer = partner.send(&order(number)).await?;
            numbers.push(answer.body["case"]["number"].clone());
        }
        let theirs = json!([
            {"number": "WH-1", "standing": "OPEN"},
            {"caseNumber": numbers[1], "number": "WH-2", "standing": "CLOSED"},
            {"caseNumber": numbers[2], "number": "WH-33", "standing": "OPEN"},
            {"number": "WH-1", "standing": "OPEN"},
            {"number": "WH-9", "standing": "OPEN"},
        ]);
        let (command, system) = (desk.person("district.command").await?, desk.person("system.admin").await?);
        for by in [&partner.account, &command, &system] {
            let answer = reconcile(by, &partner, theirs.clone()).await?;
            let compared = answer.data("exchangeReconcile")?;
            if by.login() == "system.admin" {
                // Who sees no case has none of the books.
                assert_eq!(compared["oursCount"], 0, "{compared}");
                continue;
            }
            let counts = (&compared["oursCount"], &compared["theirsCount"], &compared["sameCount"]);
            assert_eq!(counts, (&json!(4), &json!(5), &json!(1)));
            let differences = compared["differences"].as_array().cloned().unwrap_or_default();
            let named: Vec<_> = differences
                .iter()
                .map(|found| {
                    (found["kind"].as_str().unwrap_or_default(), &found["caseNumber"], &found["number"])
                })
                .collect();
            assert_eq!(
                named,
                [
                    ("STANDING_DIFFERS", &numbers[1], &json!("WH-2")),
                    ("NUMBER_DIFFERS", &numbers[2], &json!("WH-33")),
                    ("DOUBLED_THERE", &numbers[0], &json!("WH-1")),
                    ("MISSING_HERE", &Value::Null, &json!("WH-9")),
                    ("MISSING_THERE", &numbers[3], &json!("WH-4")),
                ]
            );
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upper_platform_is_compared_with_what_it_is_told_of() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = crate::webhooks::Desk::open(backend).await?;
        let command = desk.integrator("district.command").await?;
        let hook = desk
            .hook(&command, json!({"content": "FULL", "eventTypes": ["case.reported", "case.closed"]}))
            .await?;
        let province = json!({"key": "province", "source": "UPPER_PLATFORM", "webhookId": hook.id});
        let partner = Partner::set_up(command, province).await?;
        desk.receiver.always(crate::webhooks::receiver::Reply {
            text: json!({"number": "GJ-1"}).to_string(),
            ..crate::webhooks::receiver::reply(200)
        });
        let matter = desk.report().await?;
        desk.round().await?;
        let theirs = json!([{"number": "GJ-1", "standing": "OPEN"}]);
        let answer = reconcile(&partner.account, &partner, theirs).await?;
        let compared = answer.data("exchangeReconcile")?;
        assert_eq!(compared["sameCount"], 1, "{compared}");
        let ours = compared["oursCount"].as_u64().unwrap_or_default();
        let missing = compared["differences"].as_array().map_or(0, Vec::len) as u64;
        assert_eq!(ours, missing + 1, "what was there before it was told is missing there");
        assert!(!compared["differences"].to_string().contains(&matter.number));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_compares() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let (desk, partner, _) = told(backend).await?;
        let foreigner = desk.served.sign_in("hotline.api@320804").await?;
        let answer = reconcile(&foreigner, &partner, json!([])).await?;
        let refused = &answer.data("exchangeReconcile")?["userErrors"][0];
        assert_eq!(refused, &json!({"code": "NOT_FOUND", "path": ["partnerId"]}));
        let resident = desk.person("xindi.resident").await?;
        assert_eq!(reconcile(&resident, &partner, json!([])).await?.code(), "FORBIDDEN");
        let backwards = json!({
            "partnerId": partner.id, "fromAt": "2026-11-23T00:00:00Z", "untilAt": "2026-11-22T00:00:00Z", "theirs": [],
        });
        let answer = partner.account.run(DOCUMENT, json!({"input": backwards})).await?;
        assert_eq!(answer.data("exchangeReconcile")?["userErrors"][0]["path"], json!(["untilAt"]));
        let many = vec![json!({"number": "WH", "standing": "OPEN"}); 2_001];
        let answer = reconcile(&partner.account, &partner, json!(many)).await?;
        assert_eq!(answer.code(), "BAD_REQUEST", "{}", answer.text);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hotline_that_is_told_of_all_it_sees_is_compared_by_its_own_numbers() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = crate::webhooks::Desk::open(backend).await?;
        let hotline = desk.person("hotline.api").await?;
        let hook = desk.hook(&hotline, json!({"content": "FULL"})).await?;
        let partner = Partner::hotline(&desk, json!({"webhookId": hook.id})).await?;
        partner.send(&order("WH-1")).await?;
        desk.report().await?;
        let theirs = json!([{"number": "WH-1", "standing": "OPEN"}]);
        // Whoever sees more than the hotline's account does compares what that account sees.
        for by in [&partner.account, &desk.person("district.command").await?] {
            let answer = reconcile(by, &partner, theirs.clone()).await?;
            let compared = answer.data("exchangeReconcile")?;
            assert_eq!(
                (&compared["sameCount"], &compared["oursCount"]),
                (&json!(1), &json!(1)),
                "{}",
                by.login()
            );
        }
        Ok(())
    })
    .await
}
