//! More time is asked for (延期申请) by whoever holds a case, and given or refused by somebody who answers for it.

use fengqiao_tests::{Matter, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, in_hand, person};

const REQUEST: &str = "extensionRequest { amount kind requestedAt requestedBy { login } }";
const TOLD: &str = "subscription($after: String) { caseEvents(after: $after) { ... on Resync { reason }
    ... on CaseEventDelivery { event { __typename ... on CaseExtensionRequested { caseNumber } } } } }";

fn more(amount: i32) -> Value {
    json!({"amount": amount, "reason": "配件未到"})
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_holds_it_asks_once_until_somebody_answers() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, worker) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
        let mut matter = in_hand(&served).await?;
        let others = [
            ("xindi.resident", "NOT_PERMITTED"),
            ("xindi.resident2", "NOT_FOUND"),
            ("xindi.station", "NOT_PERMITTED"),
            ("xindi.parttime", "NOT_PERMITTED"),
            ("district.leader", "NOT_PERMITTED"),
            ("binhe.dispatch", "NOT_FOUND"),
        ];
        for (login, code) in others {
            let by = person(&served, login).await?;
            let answer = matter.try_act(&by, "caseRequestExtension", more(1)).await?;
            assert_eq!(answer.user_error()?, (code.to_owned(), "caseId".to_owned()), "{login}");
        }
        for amount in [-1, 0, 87_601] {
            let answer = matter.try_act(&worker, "caseRequestExtension", more(amount)).await?;
            assert_eq!(answer.user_error()?, ("INVALID_AMOUNT".to_owned(), "amount".to_owned()), "{amount}");
        }
        let silent = json!({"amount": 1, "reason": " "});
        let silent = matter.try_act(&worker, "caseRequestExtension", silent).await?;
        assert_eq!(silent.user_error()?, ("REQUIRED".to_owned(), "reason".to_owned()));
        let nothing = matter.try_act(&station, "caseRefuseExtension", json!({"reason": "不同意"})).await?;
        assert_eq!(nothing.user_error()?, ("NO_EXTENSION_REQUEST".to_owned(), "caseId".to_owned()));
        assert_eq!(matter.read(&worker, REQUEST).await?["extensionRequest"], Value::Null);

        let before = matter.read(&worker, "dueAt clock { extensions }").await?;
        let mut following = station.subscribe(TOLD).await?;
        assert_eq!(matter.act(&worker, "caseRequestExtension", more(12)).await?, "HANDLING");
        let wanted = json!({"__typename": "CaseExtensionRequested", "caseNumber": matter.number});
        let told = following.event_where(|event| event["__typename"] == wanted["__typename"]).await?;
        assert_eq!(told, wanted);
        let read = matter.read(&station, REQUEST).await?;
        let wanted = json!({"amount": 12, "kind": "URGENT_HOUR", "requestedAt": "2026-11-22T08:00:00.000000Z",
            "requestedBy": {"login": "xindi.worker"}});
        assert_eq!(read["extensionRequest"], wanted);
        let resident = person(&served, "xindi.resident").await?;
        assert_eq!(matter.read(&resident, REQUEST).await?["extensionRequest"], Value::Null, "staff's alone");
        let after = matter.read(&worker, "dueAt clock { extensions }").await?;
        assert_eq!(after, before, "asking gives no time");
        assert_eq!(matter.inbox(&worker).await?, Some("DOING"), "and moves nothing");
        let again = matter.try_act(&worker, "caseRequestExtension", more(1)).await?;
        assert_eq!(again.user_error()?, ("EXTENSION_REQUESTED".to_owned(), "caseId".to_owned()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_could_give_it_refuses_it_or_gives_what_they_think_right() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, worker) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
        let mut matter = in_hand(&served).await?;
        matter.act(&worker, "caseRequestExtension", more(12)).await?;
        for (login, code) in [("xindi.worker", "NOT_PERMITTED"), ("binhe.dispatch", "NOT_FOUND")] {
            let by = person(&served, login).await?;
            let answer = matter.try_act(&by, "caseRefuseExtension", json!({"reason": "不同意"})).await?;
            assert_eq!(answer.user_error()?, (code.to_owned(), "caseId".to_owned()), "{login}");
        }
        let silent = matter.try_act(&station, "caseRefuseExtension", json!({"reason": ""})).await?;
        assert_eq!(silent.user_error()?, ("REQUIRED".to_owned(), "reason".to_owned()));
        matter.act(&station, "caseRefuseExtension", json!({"reason": "请抓紧办理"})).await?;
        let read = matter.read(&worker, &format!("{REQUEST} clock {{ extensions }}")).await?;
        assert_eq!((&read["extensionRequest"], &read["clock"]["extensions"]), (&Value::Null, &json!(0)));
        assert_eq!(matter.case["assignee"]["login"], "xindi.worker", "whom it lies with stays");

        // Refused, it is asked for again; what is given need not be what was asked for.
        matter.act(&worker, "caseRequestExtension", more(24)).await?;
        matter.act(&station, "caseExtend", more(3)).await?;
        let read = "clock { limit { amount } extensions } timeline(last: 4) { nodes { act text } }";
        let read = matter.read(&worker, &format!("{REQUEST} {read}")).await?;
        assert_eq!(read["extensionRequest"], Value::Null);
        assert_eq!(read["clock"], json!({"limit": {"amount": 27}, "extensions": 1}));
        let entry = |act: &str, text: &str| json!({"act": act, "text": text});
        let wanted = json!([
            entry("REQUEST_EXTENSION", "配件未到"),
            entry("REFUSE_EXTENSION", "请抓紧办理"),
            entry("REQUEST_EXTENSION", "配件未到"),
            entry("EXTEND", "配件未到"),
        ]);
        assert_eq!(read["timeline"]["nodes"], wanted);
        let over = matter.try_act(&worker, "caseRequestExtension", more(1)).await?;
        assert_eq!(over.user_error()?, ("EXTENSIONS_OVER".to_owned(), "caseId".to_owned()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_moot_when_the_case_lies_with_somebody_else() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, worker) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
        let mut matter = in_hand(&served).await?;
        matter.act(&worker, "caseRequestExtension", more(12)).await?;
        matter.act(&worker, "caseReturn", json!({"reason": "不归我管"})).await?;
        assert_eq!(matter.read(&station, REQUEST).await?["extensionRequest"], Value::Null);
        let target = json!({"target": {"accountId": account_id(&worker).await?}});
        matter.act(&station, "caseDispatch", target).await?;
        matter.act(&worker, "caseRequestExtension", more(1)).await?;
        matter.act(&worker, "caseStart", json!({})).await?;
        assert_eq!(
            matter.read(&station, REQUEST).await?["extensionRequest"]["amount"],
            1,
            "it begins meanwhile"
        );
        matter.act(&worker, "caseComplete", json!({"result": "已修好"})).await?;
        assert_eq!(matter.read(&station, REQUEST).await?["extensionRequest"], Value::Null);

        // The town asks the district for a case that was handed up, and stands still with it while it waits.
        let resident = person(&served, "xindi.resident").await?;
        let (town, district) =
            (person(&served, "qianlishan.dispatch").await?, person(&served, "district.dispatch").await?);
        let mut above = Matter::report(&resident, GRID, CATEGORY).await?;
        above.act(&station, "caseAccept", json!({})).await?;
        above.act(&station, "caseHandUp", json!({"reason": "请镇里协调"})).await?;
        above.act(&town, "caseRequestExtension", more(5)).await?;
        above.act(&district, "casePause", json!({"reason": "等待材料"})).await?;
        assert_eq!(above.read(&town, REQUEST).await?["extensionRequest"]["amount"], 5);
        let own = above.try_act(&town, "caseRefuseExtension", json!({"reason": "不需要了"})).await?;
        assert_eq!(own.user_error()?, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()));
        above.act(&district, "caseRefuseExtension", json!({"reason": "不同意"})).await?;
        let still = above.try_act(&town, "caseRequestExtension", more(5)).await?;
        assert_eq!(still.user_error()?, ("PAUSED".to_owned(), "caseId".to_owned()));
        Ok(())
    })
    .await
}
