//! What staff do for a reporter who has no account: only those above it, with a reason, and never as
//! judges of their own work.

use fengqiao_tests::{Actor, Matter, Places, Served, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, person};

/// A case that somebody enters for a caller.
async fn entered(by: &Actor, source: &str) -> anyhow::Result<Matter> {
    let places = Places::of(by);
    let input = json!({
        "categoryId": places.category(CATEGORY).await?,
        "place": {"gridId": places.grid(GRID).await?},
        "title": "自来水管漏水", "description": "来电反映", "source": source,
        "reporter": {"name": "演示·来电人", "phone": "10070009999"},
    });
    let answer = by.mutate("caseReport", "case { id number } userErrors { code path }", input).await?;
    let text = |key: &str| anyhow::Ok(answer.payload()?["case"][key].as_str().unwrap_or_default().to_owned());
    Ok(Matter { id: text("id")?, number: text("number")?, version: 1, case: Value::Null })
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_withdrawn_by_those_it_lies_with_or_above_and_with_a_reason() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let mut matter = entered(&person(&served, "district.dispatch").await?, "HOTLINE_12345").await?;
        for login in ["xindi.parttime", "xindi.worker", "xindi.chief"] {
            let below = person(&served, login).await?;
            assert!(!matter.actions(&below).await?.contains(&"WITHDRAW".to_owned()), "{login}");
            let answer = matter.try_act(&below, "caseWithdraw", json!({"note": "不想办"})).await?;
            assert_eq!(answer.user_error()?, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()), "{login}");
        }
        let station = person(&served, "xindi.station").await?;
        let read = matter.read(&station, "viewerActions { act requires }").await?;
        let offered = read["viewerActions"].as_array().cloned().unwrap_or_default();
        assert!(offered.contains(&json!({"act": "WITHDRAW", "requires": ["REASON"]})), "{read}");
        let answer = matter.try_act(&station, "caseWithdraw", json!({})).await?;
        assert_eq!(answer.user_error()?, ("REQUIRED".to_owned(), "note".to_owned()));
        assert_eq!(matter.act(&station, "caseWithdraw", json!({"note": "来电人撤回"})).await?, "WITHDRAWN");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_settled_it_does_not_say_how_content_the_reporter_is() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "qianlishan.admin").await?;
        let dispatcher = person(&served, "qianlishan.dispatch").await?;
        let mut matter = entered(&admin, "WALK_IN").await?;
        matter.act(&admin, "caseAccept", json!({})).await?;
        matter.act(&admin, "caseStart", json!({})).await?;
        matter.act(&admin, "caseComplete", json!({"result": "已修好"})).await?;
        matter.act(&dispatcher, "caseVerify", json!({})).await?;
        matter.act(&dispatcher, "caseClose", json!({})).await?;
        assert!(!matter.actions(&admin).await?.contains(&"EVALUATE".to_owned()));
        let answer = matter.try_act(&admin, "caseEvaluate", json!({"rating": "SATISFIED"})).await?;
        assert_eq!(answer.user_error()?, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()));
        Ok(())
    })
    .await
}
