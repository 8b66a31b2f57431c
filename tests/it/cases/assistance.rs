//! Others assist with a case (协办): it stays with whoever leads, and whoever was asked finds it, reads it and answers.

use fengqiao_tests::{Places, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{in_hand, person};

const ASSISTANTS: &str = "assistants { assignee { ... on Unit { code } ... on Account { login }
    ... on Organisation { code } } askedAt doneAt }";
const NOW: &str = "2026-11-22T08:00:00.000000Z";

fn asked(targets: &Value) -> Value {
    json!({"targets": targets, "reason": "请协助关阀"})
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_directs_asks_and_the_lead_keeps_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, worker) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
        let helper = person(&served, "xindi.parttime").await?;
        let target = json!({"accountId": account_id(&helper).await?});
        let mut matter = in_hand(&served).await?;
        let others = [
            ("xindi.resident", "NOT_PERMITTED"),
            ("xindi.resident2", "NOT_FOUND"),
            ("xindi.worker", "NOT_PERMITTED"),
            ("xindi.parttime", "NOT_PERMITTED"),
            ("district.leader", "NOT_PERMITTED"),
            ("binhe.dispatch", "NOT_FOUND"),
        ];
        for (login, code) in others {
            let by = person(&served, login).await?;
            let answer = matter.try_act(&by, "caseCoHandle", asked(&json!([target]))).await?;
            assert_eq!(answer.user_error()?, (code.to_owned(), "caseId".to_owned()), "{login}");
        }
        let silent = json!({"targets": [target], "reason": ""});
        let lead = json!({"accountId": account_id(&worker).await?});
        let many: Vec<&Value> = std::iter::repeat_n(&target, 11).collect();
        for (input, code, path) in [
            (silent, "REQUIRED", "reason"),
            (asked(&json!([])), "REQUIRED", "targets"),
            (asked(&json!(many)), "TOO_MANY_TARGETS", "targets"),
            (asked(&json!([target, lead])), "INVALID_TARGET", "targets.1"),
            (asked(&json!([target, target])), "INVALID_TARGET", "targets.1"),
        ] {
            let answer = matter.try_act(&station, "caseCoHandle", input).await?;
            assert_eq!(answer.user_error()?, (code.to_owned(), path.to_owned()));
        }
        assert_eq!(matter.read(&station, ASSISTANTS).await?["assistants"], json!([]), "nobody was asked");
        assert_eq!(matter.inbox(&helper).await?, None);

        assert_eq!(matter.act(&station, "caseCoHandle", asked(&json!([target]))).await?, "HANDLING");
        assert_eq!(matter.case["assignee"]["login"], "xindi.worker", "whoever leads keeps it");
        let boxes = (matter.inbox(&worker).await?, matter.inbox(&helper).await?);
        assert_eq!(boxes, (Some("DOING"), Some("TODO")));
        let wanted = json!([{"assignee": {"login": "xindi.parttime"}, "askedAt": NOW, "doneAt": null}]);
        assert_eq!(matter.read(&station, ASSISTANTS).await?["assistants"], wanted);
        let again = matter.try_act(&station, "caseCoHandle", asked(&json!([target]))).await?;
        assert_eq!(again.user_error()?, ("INVALID_TARGET".to_owned(), "targets.0".to_owned()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_answered_is_not_waited_for() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, worker) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
        let helper = person(&served, "xindi.parttime").await?;
        let target = json!([{"accountId": account_id(&helper).await?}]);
        let mut matter = in_hand(&served).await?;
        let result = json!({"result": "已关阀"});
        let early = matter.try_act(&helper, "caseAssist", result.clone()).await?;
        assert_eq!(early.user_error()?, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()));
        matter.act(&station, "caseCoHandle", asked(&target)).await?;
        for by in [&station, &worker] {
            let answer = matter.try_act(by, "caseAssist", result.clone()).await?;
            assert_eq!(answer.user_error()?, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()));
        }
        let silent = matter.try_act(&helper, "caseAssist", json!({"result": " "})).await?;
        assert_eq!(silent.user_error()?, ("REQUIRED".to_owned(), "result".to_owned()));
        assert!(matter.actions(&helper).await?.contains(&"ASSIST".to_owned()));
        matter.act(&helper, "caseComment", json!({"text": "马上到", "audience": "EVERYONE"})).await?;
        served.pass_seconds(60);
        assert_eq!(matter.act(&helper, "caseAssist", result.clone()).await?, "HANDLING");
        assert_eq!(matter.inbox(&helper).await?, Some("DONE"));
        let told = format!("{ASSISTANTS} timeline(last: 1) {{ nodes {{ act text }} }}");
        let read = matter.read(&worker, &told).await?;
        assert_eq!(read["assistants"][0]["doneAt"], "2026-11-22T08:01:00.000000Z");
        assert_eq!(read["timeline"]["nodes"], json!([{"act": "ASSIST", "text": "已关阀"}]));
        let twice = matter.try_act(&helper, "caseAssist", result).await?;
        assert_eq!(twice.user_error()?, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()));

        // Asked again they are waited for again, until the case ends without them.
        matter.act(&station, "caseCoHandle", asked(&target)).await?;
        assert_eq!(matter.inbox(&helper).await?, Some("TODO"));
        matter.act(&worker, "caseComplete", json!({"result": "已修好"})).await?;
        matter.act(&station, "caseVerify", json!({})).await?;
        assert_eq!(matter.inbox(&helper).await?, Some("TODO"), "it has not ended");
        matter.act(&station, "caseClose", json!({})).await?;
        assert_eq!(matter.inbox(&helper).await?, Some("DONE"));
        assert_ne!(matter.read(&worker, ASSISTANTS).await?["assistants"][0]["doneAt"], Value::Null);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn offices_of_any_level_assist_and_read() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = person(&served, "qianlishan.dispatch").await?;
        let (station, resident) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        let mut matter = in_hand(&served).await?;
        let village = Places::of(&town).unit("150302101203").await?;
        let nowhere = person(&served, "binhe.dispatch").await?;
        let beyond = json!([{"accountId": account_id(&nowhere).await?}]);
        let beyond = matter.try_act(&town, "caseCoHandle", asked(&beyond)).await?;
        assert_eq!(beyond.user_error()?, ("INVALID_TARGET".to_owned(), "targets.0".to_owned()));
        // The station stands above the worker who leads.
        matter.act(&town, "caseCoHandle", asked(&json!([{"unitId": village}]))).await?;
        assert_eq!(matter.inbox(&station).await?, Some("TODO"));
        let refused = matter.try_act(&resident, "caseAssist", json!({"result": "已办"})).await?;
        assert_eq!(refused.user_error()?, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()));
        matter.act(&station, "caseAssist", json!({"result": "已派人"})).await?;
        let told = json!([{"assignee": {"code": "150302101203"}, "askedAt": NOW, "doneAt": NOW}]);
        assert_eq!(matter.read(&station, ASSISTANTS).await?["assistants"], told);
        // Who is asked for what is the staff's matter; and a volunteer would not read what they are asked.
        assert_eq!(matter.read(&resident, ASSISTANTS).await?["assistants"], json!([]));
        let entries = matter.read(&resident, "timeline(last: 9) { nodes { act } }").await?.to_string();
        assert!(!entries.contains("CO_HANDLE") && !entries.contains("ASSIST"), "{entries}");
        let volunteer = person(&served, "xindi.volunteer").await?;
        let stranger = json!([{"accountId": account_id(&volunteer).await?}]);
        let refused = matter.try_act(&town, "caseCoHandle", asked(&stranger)).await?;
        assert_eq!(refused.user_error()?, ("INVALID_TARGET".to_owned(), "targets.0".to_owned()));
        Ok(())
    })
    .await
}
