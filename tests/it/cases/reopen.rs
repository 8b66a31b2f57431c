//! A closed case is opened again within 72 hours, and not after.

use fengqiao_tests::{Served, on_backends};
use serde_json::{Value, json};

use super::{closed, person};

const HOURS_72: i64 = 72 * 3_600;

#[tokio::test(flavor = "multi_thread")]
async fn within_72_hours_it_goes_back_to_whoever_settled_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let mut matter = closed(&served).await?;
        assert_eq!(matter.case["settledLevel"], "GRID");
        let resident = person(&served, "xindi.resident").await?;
        let wordless = matter.try_act(&resident, "caseEvaluate", json!({"rating": "DISSATISFIED"})).await?;
        assert_eq!(wordless.user_error()?, ("REQUIRED".to_owned(), "note".to_owned()));
        let note = json!({"rating": "DISSATISFIED", "note": "仍在漏水"});
        matter.act(&resident, "caseEvaluate", note).await?;
        let again = matter.try_act(&resident, "caseEvaluate", json!({"rating": "SATISFIED"})).await?;
        assert_eq!(again.user_error()?.0, "ALREADY_EVALUATED");
        served.pass_seconds(HOURS_72);
        let (resident, station) =
            (person(&served, "xindi.resident").await?, person(&served, "xindi.station").await?);
        assert!(matter.actions(&station).await?.contains(&"REOPEN".to_owned()));
        assert_eq!(
            matter.act(&station, "caseReopen", json!({"reason": "居民反映又漏水了"})).await?,
            "HANDLING"
        );
        assert_eq!(matter.case["settledLevel"], Value::Null);
        assert_eq!(matter.case["assignee"]["login"], "xindi.worker");
        let read = matter.read(&resident, "closedAt evaluation { rating }").await?;
        assert_eq!(read, json!({"closedAt": null, "evaluation": null}));
        assert_eq!(matter.inbox(&person(&served, "xindi.worker").await?).await?, Some("DOING"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reported_it_opens_it_again_too() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let mut matter = closed(&served).await?;
        let resident = person(&served, "xindi.resident").await?;
        assert!(matter.actions(&resident).await?.contains(&"REOPEN".to_owned()));
        assert_eq!(matter.act(&resident, "caseReopen", json!({"reason": "又漏水了"})).await?, "HANDLING");
        assert_eq!(matter.inbox(&person(&served, "xindi.worker").await?).await?, Some("DOING"));
        let neighbour = person(&served, "xindi.resident2").await?;
        let answer = matter.try_act(&neighbour, "caseReopen", json!({"reason": "凑热闹"})).await?;
        assert_eq!(answer.user_error()?.0, "NOT_FOUND");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn after_72_hours_it_stays_closed() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let matter = closed(&served).await?;
        served.pass_seconds(HOURS_72 + 1);
        for login in ["xindi.station", "qianlishan.dispatch", "district.command"] {
            let actor = person(&served, login).await?;
            assert!(!matter.actions(&actor).await?.contains(&"REOPEN".to_owned()), "{login}");
            let answer = matter.try_act(&actor, "caseReopen", json!({"reason": "太晚了"})).await?;
            assert_eq!(
                answer.user_error()?,
                ("REOPEN_WINDOW_OVER".to_owned(), "caseId".to_owned()),
                "{login}"
            );
        }
        let resident = person(&served, "xindi.resident").await?;
        assert_eq!(
            matter.read(&resident, "state version").await?,
            json!({"state": "CLOSED", "version": matter.version})
        );
        Ok(())
    })
    .await
}
