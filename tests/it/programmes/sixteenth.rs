//! A district's own programme is one file: written, published and played without touching the product.

use fengqiao_tests::{Matter, Places, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, Drafted, GRID, person};

/// 楼道清堆: somebody finds things piled in a stairwell, has three days to get them out, and shows what became of it.
const STAIRWELLS: &str = include_str!("stairwells.toml");

/// The programme published, and a case of it that the worker has in hand.
async fn in_hand(served: &Served) -> anyhow::Result<Matter> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("stairwells.toml");
    std::fs::write(&file, STAIRWELLS)?;
    let admin = person(served, "system.admin").await?;
    Drafted::new(&admin, &std::fs::read_to_string(file)?).await?.publish(&admin).await?;
    let (station, worker) = (person(served, "xindi.station").await?, person(served, "xindi.worker").await?);
    let places = Places::of(&worker);
    let input = json!({
        "categoryId": places.category(CATEGORY).await?, "place": {"gridId": places.grid(GRID).await?},
        "title": "三单元楼道堆物", "description": "三单元五层楼道堆放旧家具", "source": "PATROL",
        "fields": [
            {"key": "floor", "value": {"number": 5}},
            {"key": "village", "value": {"unitId": places.unit("150302101203").await?}},
        ],
    });
    let report = "case { id number version programme { key } } userErrors { code path message }";
    let answer = worker.mutate("caseReport", report, input).await?;
    let case = answer.payload()?["case"].clone();
    assert_eq!(case["programme"]["key"], "stairwells", "of all sources it is for patrols");
    let text = |key: &str| case[key].as_str().unwrap_or_default().to_owned();
    let mut matter = Matter { id: text("id"), number: text("number"), version: 1, case: case.clone() };
    let target = json!({"target": {"accountId": account_id(&worker).await?}});
    matter.act(&station, "caseDispatch", target).await?;
    matter.act(&worker, "caseStart", json!({})).await?;
    Ok(matter)
}

fn stage(matter: &Matter) -> &str {
    matter.case["stage"]["key"].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_file_is_a_programme() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let mut matter = in_hand(&served).await?;
        let (station, worker) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
        let offers = "viewerActions { act toStage fields { key isRequired } }";
        let read = matter.read(&worker, offers).await?;
        let advance = json!({"act": "ADVANCE", "toStage": "cleared", "fields": [
            {"key": "helper", "isRequired": false}, {"key": "owner", "isRequired": false}]});
        assert!(read["viewerActions"].as_array().is_some_and(|acts| acts.contains(&advance)), "{read}");

        matter.act(&worker, "caseAdvance", json!({"toStage": "cleared"})).await?;
        assert_eq!(stage(&matter), "cleared");
        matter.act(&station, "caseStepBack", json!({"toStage": "warned", "reason": "还没搬"})).await?;
        assert_eq!((stage(&matter), matter.case["state"].as_str()), ("warned", Some("HANDLING")));
        let nowhere = matter.try_act(&worker, "caseAdvance", json!({"toStage": "shown"})).await?;
        assert_eq!(nowhere.user_error()?.0, "ILLEGAL_TRANSITION");
        let silent =
            matter.try_act(&station, "caseStepBack", json!({"toStage": "found", "reason": " "})).await?;
        assert_eq!(silent.user_error()?, ("REQUIRED".to_owned(), "reason".to_owned()));
        matter.act(&worker, "caseAdvance", json!({"toStage": "cleared"})).await?;
        let way = json!([
            {"key": "way", "value": {"choiceKey": "taken"}}, {"key": "day", "value": {"date": "2026-11-22"}},
        ]);
        matter.act(&worker, "caseComplete", json!({"result": "已搬离", "fields": way})).await?;
        assert_eq!(matter.act(&station, "caseClose", json!({"note": "已公示"})).await?, "CLOSED");
        let read = matter.read(&worker, "timeline(first: 20) { nodes { act toStage } }").await?;
        let stages: Vec<&str> = read["timeline"]["nodes"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|entry| entry["toStage"].as_str())
            .collect();
        let wanted = ["found", "found", "warned", "cleared", "warned", "cleared", "shown", "done"];
        assert_eq!(stages, wanted);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_act_demands_is_there_and_of_its_kind() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let mut matter = in_hand(&served).await?;
        let worker = person(&served, "xindi.worker").await?;
        matter.act(&worker, "caseAdvance", json!({"toStage": "cleared"})).await?;
        let tried = async |matter: &Matter, fields: Value| {
            let input = json!({"result": "已搬离", "fields": fields});
            let answer = matter.try_act(&worker, "caseComplete", input).await?;
            let told = answer.user_errors()?.iter().map(|error| {
                let path: Vec<&str> =
                    error["path"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                format!("{} {}", error["code"].as_str().unwrap_or_default(), path.join("."))
            });
            anyhow::Ok(told.collect::<Vec<_>>())
        };
        let day = json!({"key": "day", "value": {"date": "2026-11-22"}});
        let way = |key: &str| json!({"key": "way", "value": {"choiceKey": key}});
        let cost = |money: &str| json!({"key": "cost", "value": {"money": money}});
        assert_eq!(tried(&matter, json!([])).await?, ["FIELD_REQUIRED fields", "FIELD_REQUIRED fields"]);
        assert_eq!(tried(&matter, json!([way("taken")])).await?, ["FIELD_REQUIRED fields"]);
        assert_eq!(tried(&matter, json!([way("lost"), day])).await?, ["INVALID_VALUE fields.0.value"]);
        assert_eq!(tried(&matter, json!([way("taken"), day, day])).await?, ["INVALID_VALUE fields.2.value"]);
        let text = json!({"key": "day", "value": {"text": "2026-11-22"}});
        assert_eq!(tried(&matter, json!([way("taken"), text])).await?, ["INVALID_VALUE fields.1.value"]);
        assert_eq!(
            tried(&matter, json!([way("taken"), day, cost("5000.01")])).await?,
            ["INVALID_VALUE fields.2.value"]
        );
        let floor = json!({"key": "floor", "value": {"number": 6}});
        assert_eq!(tried(&matter, json!([way("taken"), day, floor])).await?, ["UNKNOWN_FIELD fields.2.key"]);
        let many = Value::Array(vec![day.clone(); 61]);
        assert_eq!(tried(&matter, many).await?, ["TOO_MANY_VALUES fields"]);
        let answer = matter
            .try_act(&worker, "caseComplete", json!({"result": "已搬离", "fields": [cost("1,000")]}))
            .await?;
        assert_eq!(answer.code(), "BAD_REQUEST", "a number with a comma is no amount");
        let account = json!({"toStage": "warned", "reason": "x", "fields": [
            {"key": "helper", "value": {"accountId": account_id(&worker).await?}}]});
        let untaken = matter.try_act(&worker, "caseStepBack", account).await?;
        assert_eq!(untaken.user_error()?.0, "UNKNOWN_FIELD", "another act takes it");
        assert_eq!(matter.read(&worker, "version").await?["version"], matter.version, "nothing happened");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_before_counts_until_it_is_given_again() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let mut matter = in_hand(&served).await?;
        let worker = person(&served, "xindi.worker").await?;
        matter.act(&worker, "caseAdvance", json!({"toStage": "cleared"})).await?;
        let given = json!([
            {"key": "way", "value": {"choiceKey": "taken"}}, {"key": "day", "value": {"date": "2026-11-22"}},
            {"key": "cost", "value": {"money": "12.5"}},
        ]);
        matter.act(&worker, "caseComplete", json!({"result": "已搬离", "fields": given})).await?;
        let station = person(&served, "xindi.station").await?;
        matter.act(&station, "caseSendBack", json!({"reason": "还剩一件"})).await?;
        matter
            .act(
                &worker,
                "caseComplete",
                json!({"result": "全部搬离", "fields": [{"key": "way", "value": {"choiceKey": "hauled"}}]}),
            )
            .await?;
        // A remark names no version, unless it gives values: they follow those that its writer saw.
        let cost = json!([{"key": "cost", "value": {"money": "20"}}]);
        let remark = json!({"text": "另付搬运费", "audience": "EVERYONE", "fields": cost});
        let blind = matter.try_act(&worker, "caseComment", remark.clone()).await?;
        assert_eq!(blind.user_error()?, ("REQUIRED".to_owned(), "expectedVersion".to_owned()));
        let mut stale = remark.clone();
        stale["expectedVersion"] = json!(1);
        assert_eq!(matter.try_act(&worker, "caseComment", stale).await?.user_error()?.0, "CONFLICT");
        let mut seen = remark;
        seen["expectedVersion"] = json!(matter.version);
        matter.act(&worker, "caseComment", seen).await?;
        let fields =
            "fields { key number money date choice { nameZh } unit { code } person { login } caseVersion }";
        let read = matter.read(&worker, fields).await?;
        let field = |key: &str| {
            read["fields"]
                .as_array()
                .and_then(|all| all.iter().find(|field| field["key"] == key))
                .cloned()
                .unwrap_or_default()
        };
        assert_eq!((&field("floor")["number"], &field("floor")["caseVersion"]), (&json!(5), &json!(1)));
        assert_eq!(field("village")["unit"]["code"], "150302101203");
        assert_eq!((&field("day")["date"], &field("cost")["money"]), (&json!("2026-11-22"), &json!("20.00")));
        assert_eq!(
            (&field("way")["choice"]["nameZh"], &field("way")["caseVersion"]),
            (&json!("代为清运"), &json!(matter.version - 1))
        );
        let kept = served.world.number("SELECT count(*) FROM case_values WHERE key = 'way'").await?;
        assert_eq!(kept, 2, "what was followed stays as it was");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_are_found_by_their_fields_and_nobody_finds_what_they_may_not_read() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let mut matter = in_hand(&served).await?;
        let (station, worker) = (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
        let given = json!({"toStage": "cleared", "fields": [
            {"key": "owner", "value": {"text": "演示·物主"}},
            {"key": "helper", "value": {"accountId": account_id(&worker).await?}},
        ]});
        matter.act(&worker, "caseAdvance", given).await?;
        let done = json!({"result": "已搬离", "fields": [
            {"key": "way", "value": {"choiceKey": "hauled"}}, {"key": "day", "value": {"date": "2026-11-22"}},
            {"key": "cost", "value": {"money": "300"}},
        ]});
        matter.act(&worker, "caseComplete", done).await?;
        let unit = Places::of(&worker).unit("150302101203").await?;
        let found = async |filters: Value| {
            let document = "query($filter: CaseFilter!) { cases(filter: $filter) { nodes { id } } }";
            let answer = station.run(document, json!({"filter": filters})).await?;
            anyhow::Ok(answer.data("cases/nodes")? == &json!([{"id": matter.id}]))
        };
        let by = |key: &str, value: Value| json!({"fields": [{"key": key, "value": value}]});
        let hits = [
            by("floor", json!({"number": {"from": 5, "to": 5}})), by("floor", json!({"number": {"to": 9}})),
            by("way", json!({"choiceKey": "hauled"})), by("day", json!({"date": {"from": "2026-11-22"}})),
            by("cost", json!({"money": {"from": "300.00", "to": "300"}})),
            by("helper", json!({"accountId": account_id(&worker).await?})), by("village", json!({"unitId": unit})),
            json!({"programmeKey": "stairwells", "stageKeys": ["shown", "done"]}),
        ];
        for filter in hits {
            assert!(found(filter.clone()).await?, "{filter}");
        }
        let misses = [
            by("floor", json!({"number": {"from": 6}})), by("way", json!({"choiceKey": "taken"})),
            by("way", json!({"text": "hauled"})), by("day", json!({"date": {"to": "2026-11-21"}})),
            by("cost", json!({"money": {"from": "300.01"}})), by("cost", json!({"number": {"from": 1}})),
            by("owner", json!({"text": "演示·物主"})), json!({"programmeKey": "none"}),
            json!({"programmeKey": "stairwells", "stageKeys": ["found"]}),
        ];
        for filter in misses {
            assert!(!found(filter.clone()).await?, "{filter}");
        }
        let both = json!({"fields": [
            {"key": "way", "value": {"choiceKey": "hauled"}}, {"key": "floor", "value": {"number": {"from": 6}}},
        ]});
        assert!(!found(both).await?, "all conditions hold at once");

        let owner = matter.read(&station, "fields { key text }").await?;
        let owner = owner["fields"].as_array().is_some_and(|all| all.contains(&json!({"key": "owner", "text": "演示·物主"})));
        assert!(owner, "staff read it");
        let sealed = served.world.number("SELECT count(*) FROM case_values WHERE key = 'owner' AND text IS NOT NULL").await?;
        assert_eq!(sealed, 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_has_a_clock_of_its_own() -> anyhow::Result<()> {
    const CLOCK: &str = "stage { key enteredAt clock { dueAt consumedMinutes pausedMinutes light limit { amount } explanation } } dueAt clock { light }";
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let mut matter = in_hand(&served).await?;
        let worker = person(&served, "xindi.worker").await?;
        matter.act(&worker, "caseAdvance", json!({"toStage": "cleared"})).await?;
        served.pass_seconds(20 * 3_600);
        let (station, worker) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
        let read = matter.read(&worker, CLOCK).await?;
        assert_eq!(
            (&read["dueAt"], &read["clock"]),
            (&json!("2026-11-23T08:00:00.000000Z"), &Value::Null),
            "only its stages have limits"
        );
        let clock = &read["stage"]["clock"];
        assert_eq!(
            (&clock["dueAt"], &clock["consumedMinutes"], &clock["light"]),
            (&json!("2026-11-23T08:00:00.000000Z"), &json!(1_200), &json!("YELLOW"))
        );
        let told = clock["explanation"].as_str().unwrap_or_default();
        assert!(
            told.starts_with("按环节“清理”的时限：24 个紧急工作时")
                && told.ends_with("2026-11-23 16:00 到期。"),
            "{told}"
        );

        // More time is given to the stage; nobody gives it to themselves.
        let more = json!({"amount": 12, "reason": "搬运车明早到"});
        let own = matter.try_act(&worker, "caseExtend", more.clone()).await?;
        assert_eq!(own.user_error()?.0, "NOT_PERMITTED");
        matter.act(&station, "caseExtend", more).await?;
        let read = matter.read(&worker, CLOCK).await?;
        let clock = &read["stage"]["clock"];
        assert_eq!(
            (&clock["dueAt"], &clock["limit"]["amount"], &clock["light"]),
            (&json!("2026-11-23T20:00:00.000000Z"), &json!(36), &json!("GREEN"))
        );
        let back = json!({"toStage": "warned", "reason": "还没搬"});
        matter.act(&station, "caseStepBack", back).await?;
        let read = matter.read(&worker, CLOCK).await?;
        let clock = &read["stage"]["clock"];
        assert_eq!(
            (&clock["pausedMinutes"], &clock["light"]),
            (&json!(0), &json!("GREEN")),
            "less than a day elsewhere stops no clock of days"
        );
        matter.act(&worker, "caseAdvance", json!({"toStage": "cleared"})).await?;
        let read = matter.read(&worker, CLOCK).await?;
        let clock = &read["stage"]["clock"];
        assert_eq!(
            (&clock["consumedMinutes"], &clock["dueAt"]),
            (&json!(0), &json!("2026-11-24T04:00:00.000000Z")),
            "this stage restarts its clock"
        );
        Ok(())
    })
    .await
}
