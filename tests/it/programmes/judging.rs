//! What counts, and what whoever judges a settlement is asked, is the programme's to say.

use fengqiao_tests::{Actor, Matter, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, Drafted, GRID, grid_event, person};

/// What counts otherwise, and a form.
const OWN: &str = "
[counts]
closed = [\"verification\", \"closing\", \"evaluation\"]
on_time = { until = \"close\", limits = \"whole\" }
reworked = [\"step_back\"]

[evaluation]
within = { amount = 2, kind = \"calendar_day\" }

[[evaluation.reasons]]
key = \"late\"
name_zh = \"办理超时\"
name_en = \"Too late\"

[[evaluation.questions]]
key = \"attitude\"
name_zh = \"服务态度\"
name_en = \"Attitude\"
required = true
";
const FORM: &str = "programme { counts { closedStages onTimeUntil onTimeLimits reworkActs }
    evaluation { within { amount kind } reasons { key nameZh nameEn } questions { key nameZh nameEn isRequired } } }";

/// A case that the worker has settled and the station has closed; it was moved back once on the way.
async fn closed(served: &Served) -> anyhow::Result<Matter> {
    let station = person(served, "xindi.station").await?;
    let worker = person(served, "xindi.worker").await?;
    let mut matter = Matter::report(&person(served, "xindi.resident").await?, GRID, CATEGORY).await?;
    let target = json!({"target": {"accountId": account_id(&worker).await?}});
    matter.act(&station, "caseAccept", json!({})).await?;
    matter.act(&station, "caseDispatch", target.clone()).await?;
    matter.act(&worker, "caseStart", json!({})).await?;
    matter.act(&worker, "caseStepBack", json!({"toStage": "acceptance", "reason": "先查清楚"})).await?;
    matter.act(&worker, "caseStart", json!({})).await?;
    matter.act(&worker, "caseComplete", json!({"result": "已修好"})).await?;
    matter.act(&station, "caseVerify", json!({})).await?;
    matter.act(&station, "caseClose", json!({})).await?;
    Ok(matter)
}

async fn published(served: &Served) -> anyhow::Result<Actor> {
    let admin = person(served, "system.admin").await?;
    let mut programme = Drafted::new(&admin, &grid_event(&[])).await?;
    programme.publish(&admin).await?;
    programme.draft(&admin, &format!("{}{OWN}", grid_event(&[]))).await?;
    let diff =
        "query($id: ID!) { programmeDiff(programmeId: $id, from: 1) { changes { part before after } } }";
    let told = admin.run(diff, json!({"id": programme.id})).await?;
    let changes = told.data("programmeDiff/changes")?.as_array().cloned().unwrap_or_default();
    let change = |part: &str| changes.iter().find(|change| change["part"] == part).cloned();
    let reworked = json!({"part": "counts.reworked", "before": "send_back, reopen", "after": "step_back"});
    assert_eq!(change("counts.reworked"), Some(reworked));
    let asked = change("evaluation.questions.attitude");
    assert_eq!(asked.map(|change| change["after"].clone()), Some(json!("1: 服务态度 / Attitude, required")));
    assert!(change("evaluation.within").is_some() && change("counts.on_time.until").is_some());
    programme.publish(&admin).await?;
    Ok(admin)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_programme_says_what_counts_and_what_is_asked() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        published(&served).await?;
        let matter = closed(&served).await?;
        let resident = person(&served, "xindi.resident").await?;
        let told = matter.read(&resident, FORM).await?["programme"].clone();
        let counts = json!({
            "closedStages": ["verification", "closing", "evaluation"],
            "onTimeUntil": "CLOSE", "onTimeLimits": "WHOLE", "reworkActs": ["STEP_BACK"],
        });
        assert_eq!(told["counts"], counts);
        let form = json!({
            "within": {"amount": 2, "kind": "CALENDAR_DAY"},
            "reasons": [{"key": "late", "nameZh": "办理超时", "nameEn": "Too late"}],
            "questions": [{"key": "attitude", "nameZh": "服务态度", "nameEn": "Attitude", "isRequired": true}],
        });
        assert_eq!(told["evaluation"], form);
        let outcome = "outcome { isClosed isOnTime judgedAt reworks } closedAt";
        let read = matter.read(&resident, outcome).await?;
        assert_eq!(read["outcome"]["judgedAt"], read["closedAt"], "it is judged at the closing");
        assert_eq!(read["outcome"]["reworks"], 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_filled_in_fits_the_form() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        published(&served).await?;
        let mut matter = closed(&served).await?;
        let resident = person(&served, "xindi.resident").await?;
        let filled = |rating: &str, reasons: Value, answers: Value| {
            json!({"rating": rating, "reasons": reasons, "answers": answers})
        };
        let scored = || json!([{"key": "attitude", "score": 2}]);
        let wrong = [
            (filled("DISSATISFIED", json!(["gone"]), scored()), ("UNKNOWN_REASON", "reasons.0")),
            (filled("SATISFIED", json!(["late"]), scored()), ("UNKNOWN_REASON", "reasons.0")),
            (filled("DISSATISFIED", json!(["late"]), json!([])), ("REQUIRED", "answers")),
            (filled("DISSATISFIED", json!([]), scored()), ("REQUIRED", "note")),
            (
                filled("SATISFIED", json!([]), json!([{"key": "attitude", "score": 6}])),
                ("INVALID_SCORE", "answers.0.score"),
            ),
            (
                filled("SATISFIED", json!([]), json!([{"key": "attitude", "score": -1}])),
                ("INVALID_SCORE", "answers.0.score"),
            ),
        ];
        for (input, (code, path)) in wrong {
            let answer = matter.try_act(&resident, "caseEvaluate", input.clone()).await?;
            assert_eq!(answer.user_error()?, (code.to_owned(), path.to_owned()), "{input}");
        }
        matter.act(&resident, "caseEvaluate", filled("DISSATISFIED", json!(["late"]), scored())).await?;
        let read = matter.read(&resident, "evaluation { rating reasons answers { key score } }").await?;
        let wanted = json!({
            "rating": "DISSATISFIED", "reasons": ["late"], "answers": [{"key": "attitude", "score": 2}]
        });
        assert_eq!(read["evaluation"], wanted);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_judges_when_the_time_for_it_is_over() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        published(&served).await?;
        let matter = closed(&served).await?;
        let resident = person(&served, "xindi.resident").await?;
        assert!(matter.actions(&resident).await?.contains(&"EVALUATE".to_owned()));
        // Closed on a Sunday: the second day after it ends when the offices close on Tuesday.
        assert_eq!(
            matter.read(&resident, "evaluationEndsAt").await?["evaluationEndsAt"],
            "2026-11-24T10:00:00.000000Z"
        );
        served.pass_seconds(3 * 86_400);
        let resident = person(&served, "xindi.resident").await?;
        assert!(!matter.actions(&resident).await?.contains(&"EVALUATE".to_owned()));
        let input = json!({"rating": "SATISFIED", "answers": [{"key": "attitude", "score": 5}]});
        let late = matter.try_act(&resident, "caseEvaluate", input).await?;
        assert_eq!(late.user_error()?, ("EVALUATION_CLOSED".to_owned(), "caseId".to_owned()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_play_honours_the_time_for_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        let step = |act: &str, at: &str, relation: &str| {
            json!({"act": act, "occurredAt": format!("2026-11-{at}:00:00Z"), "relation": relation})
        };
        let way = |judged: &str| {
            json!({"input": {
                "source": {"definition": format!("{}{OWN}", grid_event(&[]))},
                "startedAt": "2026-11-23T01:00:00Z",
                "steps": [
                    step("ACCEPT", "23T02", "TERRITORY"), step("START", "23T03", "ASSIGNEE"),
                    step("COMPLETE", "23T04", "ASSIGNEE"), step("VERIFY", "23T05", "OVERSIGHT"),
                    step("CLOSE", "23T06", "OVERSIGHT"), step("EVALUATE", judged, "REPORTER"),
                ],
            }})
        };
        let play = "query($input: ProgrammeSimulateInput!) { programmeSimulate(input: $input) {
            faults { line } steps { isDone refusal } } }";
        for (judged, refusal) in [("24T06", Value::Null), ("27T06", json!("EVALUATION_CLOSED"))] {
            let told = admin.run(play, way(judged)).await?;
            assert_eq!(told.data("programmeSimulate/steps/5/refusal")?, &refusal, "{judged}");
        }
        Ok(())
    })
    .await
}
