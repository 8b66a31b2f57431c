//! More time for a case (延期): by somebody who answers for it, with a reason, and not too often.

use fengqiao_tests::{Served, on_backends};
use serde_json::json;

use super::{in_hand, person};

const CLOCK: &str = "dueAt clock { dueAt limit { amount kind } extensions budgetMinutes explanation } timeline(last: 1) { nodes { act text } }";

#[tokio::test(flavor = "multi_thread")]
async fn it_is_extended_once_and_says_so() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, worker) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
        let mut matter = in_hand(&served).await?;
        let more = |amount: i32| json!({"amount": amount, "reason": "配件未到"});
        let own = matter.try_act(&worker, "caseExtend", more(12)).await?;
        assert_eq!(own.user_error()?.0, "NOT_PERMITTED", "nobody gives themselves time");
        for amount in [-1, 0, 87_601] {
            let answer = matter.try_act(&station, "caseExtend", more(amount)).await?;
            assert_eq!(answer.user_error()?, ("INVALID_AMOUNT".to_owned(), "amount".to_owned()), "{amount}");
        }
        let silent = matter.try_act(&station, "caseExtend", json!({"amount": 1, "reason": ""})).await?;
        assert_eq!(silent.user_error()?, ("REQUIRED".to_owned(), "reason".to_owned()));

        assert_eq!(matter.act(&station, "caseExtend", more(12)).await?, "HANDLING");
        let read = matter.read(&worker, CLOCK).await?;
        // Reported at 16:00 on Sunday in China, with 24 hours and now 12 more.
        let due = "2026-11-23T20:00:00.000000Z";
        assert_eq!((&read["dueAt"], &read["clock"]["dueAt"]), (&json!(due), &json!(due)));
        let clock = &read["clock"];
        assert_eq!(clock["limit"], json!({"amount": 36, "kind": "URGENT_HOUR"}));
        assert_eq!((&clock["extensions"], &clock["budgetMinutes"]), (&json!(1), &json!(2_160)));
        let told = clock["explanation"].as_str().unwrap_or_default();
        assert!(told.contains("（原 24，延期 1 次共 12）"), "{told}");
        assert_eq!(read["timeline"]["nodes"], json!([{"act": "EXTEND", "text": "配件未到"}]));

        let again = matter.try_act(&station, "caseExtend", more(1)).await?;
        assert_eq!(again.user_error()?, ("EXTENSIONS_OVER".to_owned(), "caseId".to_owned()));
        Ok(())
    })
    .await
}
