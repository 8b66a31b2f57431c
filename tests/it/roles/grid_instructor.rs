//! 网格指导员: about ten grids; advises, inspects, sends back, scores, and closes nothing.

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Matter, Served, on_backends};
use serde_json::{Value, json};

use super::{WATER, grid, person, refusal, sees, settled};

const TIMELINE: &str = "timeline(first: 100) { nodes { act score text } }";

/// The scores in a case's timeline, as somebody reads them.
async fn scores(matter: &Matter, by: &fengqiao_tests::Actor) -> anyhow::Result<Vec<Value>> {
    let read = matter.read(by, TIMELINE).await?;
    let entries = read["timeline"]["nodes"].as_array().context("entries")?.clone();
    Ok(entries
        .into_iter()
        .filter(|entry| entry["act"] == "VERIFY")
        .map(|entry| entry["score"].clone())
        .collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instructor_sees_ten_grids_and_works_in_none() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let instructor = person(&served, "qianlishan.instructor").await?;
        let resident = person(&served, "xindi.resident").await?;
        let held = instructor.run("{ viewer { grids { code } units { code } } }", Value::Null).await?;
        assert_eq!(held.data("viewer/grids")?.as_array().map(Vec::len), Some(10));
        for (code, seen) in [
            (grid(1), true),
            (grid(6), true),
            ("150302101209004".to_owned(), true),
            ("150302101209005".to_owned(), false),
            ("150302101206001".to_owned(), false),
        ] {
            let matter = Matter::report(&resident, &code, WATER).await?;
            assert_eq!(sees(&matter, &instructor).await?, seen, "{code}");
        }
        let mut matter = Matter::report(&resident, &grid(1), WATER).await?;
        let advice = json!({"text": "请先关总阀再开挖", "audience": "STAFF"});
        matter.act(&instructor, "caseComment", advice).await?;
        for (field, more) in [
            ("caseAccept", json!({})),
            ("caseReject", json!({"reason": "无"})),
            ("caseStart", json!({})),
            ("caseComplete", json!({"result": "已处理"})),
            ("caseHandUp", json!({"reason": "无"})),
        ] {
            assert_eq!(refusal(&matter, &instructor, field, more).await?, "NOT_PERMITTED", "{field}");
        }
        let sample = json!({"name": "抽查", "size": {"cases": 1}});
        let sample = instructor.mutate("caseSampleCreate", "userErrors { code }", sample).await?;
        assert_eq!(sample.code(), "FORBIDDEN");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instructor_sends_back_scores_and_closes_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let instructor = person(&served, "qianlishan.instructor").await?;
        let worker = person(&served, "xindi.worker").await?;
        let mut matter = settled(&served, &grid(1), "xindi.worker").await?;
        assert_eq!(
            matter.act(&instructor, "caseSendBack", json!({"reason": "接口仍渗水"})).await?,
            "HANDLING"
        );
        matter.act(&worker, "caseComplete", json!({"result": "已更换接口"})).await?;
        for score in [0, 6, -1, 300] {
            let answer = matter.try_act(&instructor, "caseVerify", json!({"score": score})).await?;
            assert_eq!(answer.user_error()?, ("INVALID_SCORE".to_owned(), "score".to_owned()), "{score}");
        }
        assert_eq!(
            matter.act(&instructor, "caseVerify", json!({"score": 4, "note": "现场已查看"})).await?,
            "VERIFIED"
        );
        let evaluation = json!({"rating": "SATISFIED"});
        assert_eq!(refusal(&matter, &instructor, "caseEvaluate", evaluation.clone()).await?, "NOT_PERMITTED");
        assert_eq!(refusal(&matter, &instructor, "caseClose", json!({})).await?, "NOT_PERMITTED");
        let actions = matter.actions(&instructor).await?;
        ensure!(!actions.iter().any(|act| act == "CLOSE"), "{actions:?}");
        let chief = person(&served, "xindi.chief").await?;
        assert_eq!(matter.act(&chief, "caseClose", json!({})).await?, "CLOSED");
        // What staff think of staff is theirs; what the reporter thinks is another judgement.
        let resident = person(&served, "xindi.resident").await?;
        assert_eq!(scores(&matter, &worker).await?, [json!(4)]);
        assert_eq!(scores(&matter, &resident).await?, [Value::Null]);
        matter.act(&resident, "caseEvaluate", evaluation).await?;
        Ok(())
    })
    .await
}
