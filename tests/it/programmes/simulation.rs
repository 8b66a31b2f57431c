//! A programme played without a case: the functions that act say what would become of it, and nothing is written.

use fengqiao_tests::{Served, on_backends};
use serde_json::{Value, json};

use super::{grid_event, person};

const PLAY: &str = "query($input: ProgrammeSimulateInput!) { programmeSimulate(input: $input) {
    faults { line } steps { act isDone refusal requires stage { key } state level dueAt light stageDueAt } } }";

fn step(act: &str, at: &str, relation: &str) -> Value {
    json!({"act": act, "occurredAt": format!("2026-11-{at}:00Z"), "relation": relation})
}

fn with(mut step: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().into_iter().flatten() {
        step[key] = value.clone();
    }
    step
}

fn play(steps: &[Value]) -> Value {
    json!({"input": {
        "source": {"templateKey": "grid_event"}, "startedAt": "2026-11-23T01:00:00Z",
        "categoryLimit": {"amount": 24, "kind": "URGENT_HOUR"}, "steps": steps,
    }})
}

/// A case from its report to its closing, with what is refused on the way.
fn worked() -> Vec<Value> {
    vec![
        with(step("ACCEPT", "23T02:00", "TERRITORY"), &json!({"role": "RESIDENT", "tier": "VILLAGE"})),
        with(step("ACCEPT", "23T02:00", "TERRITORY"), &json!({"role": "STATION_CHIEF", "tier": "VILLAGE"})),
        with(step("DISPATCH", "23T02:30", "ASSIGNEE"), &json!({"toLevel": "GRID"})),
        step("START", "23T03:00", "ASSIGNEE"),
        step("PAUSE", "23T03:00", "OVERSIGHT"),
        step("COMPLETE", "23T05:00", "ASSIGNEE"),
        step("RESUME", "23T07:00", "ASSIGNEE"),
        with(step("EXTEND", "23T08:00", "OVERSIGHT"), &json!({"amount": 6})),
        with(step("COMPLETE", "24T08:00", "ASSIGNEE"), &json!({"by": "王五"})),
        with(step("VERIFY", "24T09:00", "OVERSIGHT"), &json!({"by": "王五"})),
        with(step("VERIFY", "24T09:00", "OVERSIGHT"), &json!({"by": "赵六"})),
        step("CLOSE", "24T10:00", "OVERSIGHT"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_play_says_where_it_would_be_when_it_would_be_due_and_who_would_be_refused() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        let steps = worked();
        let answer = admin.run(PLAY, play(&steps)).await?;
        let told =
            |index: usize, key: &str| answer.data(&format!("programmeSimulate/steps/{index}/{key}")).cloned();
        let outcomes: Vec<String> = (0..steps.len())
            .map(|index| {
                let refusal = told(index, "refusal")?.as_str().unwrap_or("done").to_owned();
                Ok(format!("{refusal} {}", told(index, "stage/key")?.as_str().unwrap_or_default()))
            })
            .collect::<anyhow::Result<_>>()?;
        let wanted = [
            "NOT_PERMITTED discovery",
            "done acceptance",
            "done triage",
            "done handling",
            "done handling",
            "PAUSED handling",
            "done handling",
            "done handling",
            "done feedback",
            "NOT_PERMITTED feedback",
            "done verification",
            "done closing",
        ];
        assert_eq!(outcomes, wanted);
        assert_eq!(
            (told(2, "level")?, told(8, "level")?),
            (json!("GRID"), json!("VILLAGE")),
            "it comes back to the office"
        );
        // Twenty-four hours from nine on Monday; four of standstill and six more move the end.
        let due: Vec<Value> =
            [3, 4, 6, 7].into_iter().map(|index| told(index, "dueAt")).collect::<anyhow::Result<_>>()?;
        let at = |text: &str| json!(format!("2026-11-{text}:00:00.000000Z"));
        assert_eq!(due, [at("24T01"), Value::Null, at("24T05"), at("24T11")]);
        assert_eq!((told(7, "light")?, told(8, "light")?), (json!("GREEN"), json!("YELLOW")));
        assert_eq!(told(8, "requires")?, json!(["TEXT"]));
        let station = person(&served, "xindi.station").await?;
        assert_eq!(station.run(PLAY, play(&steps)).await?.code(), "FORBIDDEN", "a play is work");
        let cases = station
            .run("{ cases(filter: {title: {contains: \"网格事件\"}}) { totalCount } }", json!({}))
            .await?;
        assert_eq!(cases.data("cases/totalCount")?, &json!(0));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_play_that_cannot_be_is_refused() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        let accept = step("ACCEPT", "23T02:00", "TERRITORY");
        let long = with(accept.clone(), &json!({"occurredAt": "2036-12-01T00:00:00Z"}));
        let mut huge = play(std::slice::from_ref(&accept));
        huge["input"]["categoryLimit"]["amount"] = json!(2_000_000_000);
        let impossible = [
            play(&[step("ACCEPT", "22T02:00", "TERRITORY")]),
            play(&[step("ACCEPT", "24T02:00", "TERRITORY"), accept.clone()]),
            play(&[long]),
            play(&vec![accept.clone(); 101]),
            huge,
        ];
        for variables in impossible {
            assert_eq!(admin.run(PLAY, variables).await?.code(), "BAD_REQUEST");
        }
        let extend = |amount: u32| {
            let more = with(step("EXTEND", "23T03:00", "OVERSIGHT"), &json!({"amount": amount}));
            play(&[accept.clone(), more])
        };
        for (amount, refusal) in
            [(0, json!("INVALID_AMOUNT")), (100_000, json!("INVALID_AMOUNT")), (1, Value::Null)]
        {
            let answer = admin.run(PLAY, extend(amount)).await?;
            assert_eq!(answer.data("programmeSimulate/steps/1/refusal")?, &refusal, "{amount}");
        }
        let broken = grid_event(&[("state = \"verified\"", "state = \"checked\"")]);
        let mut variables = play(&[accept]);
        variables["input"]["source"] = json!({"definition": broken});
        let answer = admin.run(PLAY, variables).await?;
        assert_eq!(answer.data("programmeSimulate")?, &json!({"faults": [{"line": 40}], "steps": []}));
        Ok(())
    })
    .await
}
