//! Samples of closed cases (抽查): drawn at random in a way that anybody can repeat, and checked one by one.

use anyhow::{Context as _, ensure};
use fengqiao_domain::cases::SampleSeed;
use fengqiao_tests::{Actor, Matter, Places, Served, mutation, on_backends};
use serde_json::{Value, json};

use super::{closed, in_hand, person};

const SAMPLE: &str = "caseSample { id name population size seed checked passed closedFromOn closedUntilOn
    unit { code } drawnBy { login } } userErrors { code path }";
const ITEMS: &str = "query($id: ID!) { caseSample(id: $id) { checked passed
    items(first: 100) { totalCount nodes { position finding note checkedBy { login } case { id number state } } } } }";

async fn draw(by: &Actor, input: Value) -> anyhow::Result<Value> {
    let answer = by.mutate("caseSampleCreate", SAMPLE, input).await?;
    let payload = answer.payload()?.clone();
    ensure!(payload["userErrors"] == json!([]), "{payload}");
    Ok(payload["caseSample"].clone())
}

async fn refused(by: &Actor, mutation: &str, input: Value) -> anyhow::Result<(String, String)> {
    by.mutate(mutation, SAMPLE, input).await?.user_error()
}

async fn items(by: &Actor, sample: &Value) -> anyhow::Result<Value> {
    let answer = by.run(ITEMS, json!({"id": sample["id"]})).await?;
    Ok(answer.data("caseSample")?.clone())
}

/// Every closed case that somebody sees, by number.
async fn population(by: &Actor) -> anyhow::Result<Vec<String>> {
    let document = "query($after: String) { cases(filter: {states: [CLOSED]}, first: 100, after: $after) {
        nodes { number } pageInfo { hasNextPage endCursor } } }";
    let (mut numbers, mut after) = (vec![], Value::Null);
    loop {
        let page = by.run(document, json!({"after": after})).await?;
        let nodes = page.data("cases/nodes")?.as_array().cloned().unwrap_or_default();
        numbers.extend(nodes.iter().filter_map(|node| node["number"].as_str().map(str::to_owned)));
        if page.data("cases/pageInfo/hasNextPage")? != &json!(true) {
            return Ok(numbers);
        }
        after = page.data("cases/pageInfo/endCursor")?.clone();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_can_repeat_the_draw() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let district = person(&served, "district.command").await?;
        closed(&served).await?;
        let mut numbers = population(&district).await?;
        // The commander sees a confidential one, and whoever checks samples may not.
        let secret = numbers.pop().context("a closed case")?;
        let guarded = format!("UPDATE cases SET sensitivity = 2 WHERE number = '{secret}'");
        served.world.run_sql(&guarded).await?;
        ensure!(numbers.len() > 10, "only {} are closed", numbers.len());
        let sample = draw(&district, json!({"name": "十一月抽查", "size": {"cases": 8}})).await?;
        assert_eq!((&sample["size"], &sample["checked"]), (&json!(8), &json!(0)));
        assert_eq!(sample["population"], numbers.len());
        assert_eq!(sample["unit"]["code"], "150302", "the widest");
        let seed: SampleSeed =
            sample["seed"].as_str().and_then(|seed| seed.parse().ok()).context("a seed")?;
        let mut ranked = numbers.clone();
        ranked.sort_by_key(|number| seed.rank(number));
        let drawn = items(&district, &sample).await?;
        let nodes = drawn["items"]["nodes"].as_array().cloned().unwrap_or_default();
        let drawn: Vec<&str> = nodes.iter().filter_map(|node| node["case"]["number"].as_str()).collect();
        assert_eq!(drawn, ranked[..8], "the first of them by their rank");

        served.pass_seconds(1);
        let other = draw(&district, json!({"name": "又一次", "size": {"cases": 8}})).await?;
        assert_ne!(other["seed"], sample["seed"]);
        let tenth = draw(&district, json!({"name": "一成", "size": {"percent": 10}})).await?;
        assert_eq!(tenth["size"], numbers.len().div_ceil(10));
        let listed =
            district.run("{ caseSamples(first: 10) { totalCount nodes { name } } }", Value::Null).await?;
        assert_eq!(listed.data("caseSamples/totalCount")?, &json!(3));
        assert_eq!(listed.data("caseSamples/nodes/2/name")?, "十一月抽查", "newest first");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_drawn_from_what_is_asked_for() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = person(&served, "qianlishan.dispatch").await?;
        let matter = closed(&served).await?;
        let category = Places::of(&town).category(super::CATEGORY).await?;
        // Closed on Sunday the twenty-second in China.
        let day = |from: &str, until: &str, name: &str| {
            json!({
                "name": name, "categoryId": category, "closedFromOn": from, "closedUntilOn": until,
                "programmeKey": "grid_event", "size": {"percent": 100},
            })
        };
        let today = draw(&town, day("2026-11-22", "2026-11-22", "今日")).await?;
        assert_eq!(today["unit"]["code"], "150302101", "the town's own");
        assert_eq!(
            (&today["closedFromOn"], &today["closedUntilOn"]),
            (&json!("2026-11-22"), &json!("2026-11-22"))
        );
        let found = items(&town, &today).await?;
        let nodes = found["items"]["nodes"].as_array().cloned().unwrap_or_default();
        assert!(nodes.iter().any(|node| node["case"]["number"] == matter.number.as_str()), "{nodes:?}");
        assert!(nodes.iter().all(|node| node["case"]["state"] == "CLOSED"));
        let mutation = "caseSampleCreate";
        let with = |more: Value| {
            let mut input = json!({"name": "抽查", "size": {"cases": 5}});
            for (key, value) in more.as_object().into_iter().flatten() {
                input[key] = value.clone();
            }
            input
        };
        let village = Places::of(&town).unit("150302101203").await?;
        let elsewhere = Places::of(&town).unit("150302").await?;
        draw(&town, with(json!({"unitId": village}))).await?;
        let wrong = [
            (with(json!({"unitId": elsewhere})), ("NOT_PERMITTED", "unitId")),
            (with(json!({"name": " "})), ("REQUIRED", "name")),
            (with(json!({"size": {"cases": 0}})), ("INVALID_SIZE", "size")),
            (with(json!({"size": {"cases": 501}})), ("INVALID_SIZE", "size")),
            (with(json!({"size": {"percent": 101}})), ("INVALID_SIZE", "size")),
            (with(json!({"programmeKey": "gone"})), ("INVALID_PROGRAMME", "programmeKey")),
            (
                with(json!({"closedFromOn": "2026-11-22", "closedUntilOn": "2026-11-21"})),
                ("INVALID_TIME", "closedUntilOn"),
            ),
            (with(json!({"closedFromOn": "2030-01-01"})), ("NOTHING_TO_DRAW", "")),
        ];
        for (input, (code, path)) in wrong {
            let told = refused(&town, mutation, input.clone()).await?;
            assert_eq!(told, (code.to_owned(), path.to_owned()), "{input}");
        }
        for login in ["xindi.station", "xindi.worker", "qianlishan.handle", "district.leader"] {
            let answer = person(&served, login).await?.mutate(mutation, SAMPLE, with(json!({}))).await?;
            assert_eq!(answer.code(), "FORBIDDEN", "{login}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_is_for_those_who_draw_where_it_was_drawn() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let district = person(&served, "district.command").await?;
        let town = person(&served, "qianlishan.dispatch").await?;
        let other = person(&served, "binhe.dispatch").await?;
        let matter = closed(&served).await?;
        let whole = draw(&district, json!({"name": "全区", "size": {"percent": 100}})).await?;
        let own = draw(&town, json!({"name": "千里山", "size": {"percent": 100}})).await?;
        let sees = async |by: &Actor, sample: &Value| anyhow::Ok(!items(by, sample).await?.is_null());
        assert!(sees(&district, &whole).await? && sees(&district, &own).await?);
        assert!(!sees(&town, &whole).await?, "it was drawn above");
        assert!(sees(&town, &own).await? && !sees(&other, &own).await?);
        let names = "{ caseSamples(first: 10) { totalCount nodes { name } } }";
        let listed = town.run(names, Value::Null).await?;
        assert_eq!(listed.data("caseSamples")?, &json!({"totalCount": 1, "nodes": [{"name": "千里山"}]}));
        assert_eq!(other.run(names, Value::Null).await?.data("caseSamples/totalCount")?, &json!(0));
        let station = person(&served, "xindi.station").await?;
        assert_eq!(station.run(names, Value::Null).await?.code(), "FORBIDDEN");
        assert!(!sees(&station, &own).await?);
        let input = json!({"caseSampleId": own["id"], "caseId": matter.id, "finding": "PASSED"});
        assert_eq!(
            refused(&other, "caseSampleCheck", input).await?,
            ("NOT_FOUND".to_owned(), "caseSampleId".to_owned())
        );
        let node = "query($id: ID!) { node(id: $id) { id } }";
        let found = async |by: &Actor| {
            anyhow::Ok(!by.run(node, json!({"id": own["id"]})).await?.data("node")?.is_null())
        };
        assert!(found(&town).await? && !found(&other).await?);
        Ok(())
    })
    .await
}

/// A closed case that the town's dispatcher settled.
async fn settled_by_the_town(served: &Served, town: &Actor) -> anyhow::Result<Matter> {
    let station = person(served, "xindi.station").await?;
    let worker = person(served, "xindi.worker").await?;
    let mut matter = in_hand(served).await?;
    matter.act(&worker, "caseReturn", json!({"reason": "请上级办"})).await?;
    matter.act(&station, "caseHandUp", json!({"reason": "请上级办"})).await?;
    matter.act(town, "caseStart", json!({})).await?;
    matter.act(town, "caseComplete", json!({"result": "已修好"})).await?;
    let admin = person(served, "qianlishan.admin").await?;
    matter.act(&admin, "caseVerify", json!({})).await?;
    matter.act(&admin, "caseClose", json!({})).await?;
    Ok(matter)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_checked_by_somebody_else_than_who_settled_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = person(&served, "qianlishan.dispatch").await?;
        let admin = person(&served, "qianlishan.admin").await?;
        let district = person(&served, "district.command").await?;
        let own = settled_by_the_town(&served, &town).await?;
        let matter = closed(&served).await?;
        let today = json!({
            "name": "今日", "closedFromOn": "2026-11-22", "closedUntilOn": "2026-11-22", "size": {"percent": 100}
        });
        let sample = draw(&town, today).await?;
        let check = |case: &Matter, finding: &str, note: Option<&str>| {
            json!({"caseSampleId": sample["id"], "caseId": case.id, "finding": finding, "note": note})
        };
        let checks = "caseSampleCheck";
        let wrong = [
            (check(&own, "PASSED", None), ("NOT_PERMITTED", "caseId")),
            (check(&matter, "FAILED", None), ("REQUIRED", "note")),
        ];
        for (input, (code, path)) in wrong {
            let told = refused(&town, checks, input.clone()).await?;
            assert_eq!(told, (code.to_owned(), path.to_owned()), "{input}");
        }
        let open = in_hand(&served).await?;
        let undrawn = refused(&town, checks, check(&open, "PASSED", None)).await?;
        assert_eq!(undrawn, ("NOT_FOUND".to_owned(), "caseId".to_owned()));

        let tally = async |by: &Actor, input: Value| {
            let answer = by.mutate(checks, SAMPLE, input).await?;
            let sample = answer.payload()?["caseSample"].clone();
            anyhow::Ok((sample["checked"].clone(), sample["passed"].clone()))
        };
        // Whoever verified and closed it has said already that it is settled as it should be.
        let told = refused(&admin, checks, check(&own, "PASSED", None)).await?;
        assert_eq!(told, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()));
        assert_eq!(tally(&district, check(&own, "PASSED", None)).await?, (json!(1), json!(1)));
        let failed = check(&matter, "FAILED", Some("现场仍在漏水"));
        assert_eq!(tally(&town, failed).await?, (json!(2), json!(1)));
        let told = items(&admin, &sample).await?;
        let nodes = told["items"]["nodes"].as_array().cloned().unwrap_or_default();
        let item = nodes.iter().find(|node| node["case"]["id"] == matter.id.as_str()).context("the case")?;
        let by = json!({"login": "qianlishan.dispatch"});
        assert_eq!(
            (&item["finding"], &item["note"], &item["checkedBy"], &item["case"]["state"]),
            (&json!("FAILED"), &json!("现场仍在漏水"), &by, &json!("CLOSED")),
            "the case is left alone"
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_opened_again_is_not_checked() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = person(&served, "qianlishan.dispatch").await?;
        let mut matter = closed(&served).await?;
        let sample = draw(&town, json!({"name": "抽查", "size": {"percent": 100}})).await?;
        let check = json!({"caseSampleId": sample["id"], "caseId": matter.id, "finding": "PASSED"});
        matter.act(&town, "caseReopen", json!({"reason": "又漏水了"})).await?;
        let told = refused(&town, "caseSampleCheck", check).await?;
        assert_eq!(told, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_is_found_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = person(&served, "qianlishan.dispatch").await?;
        let admin = person(&served, "qianlishan.admin").await?;
        let matter = closed(&served).await?;
        let sample = draw(&town, json!({"name": "抽查", "size": {"percent": 100}})).await?;
        let check = |finding: &str, note: Option<&str>| {
            json!({"caseSampleId": sample["id"], "caseId": matter.id, "finding": finding, "note": note})
        };
        let keyed = async |by: &Actor, input: &Value, key: &str| {
            let document = mutation("caseSampleCheck", SAMPLE);
            by.run_with(&document, json!({"input": input}), &[("idempotency-key", key)]).await
        };
        let failed = check("FAILED", Some("现场仍在漏水"));
        let first = keyed(&town, &failed, "once").await?;
        assert_eq!(first.payload()?["caseSample"]["checked"], 1);
        let again = keyed(&town, &failed, "once").await?;
        assert_eq!(again.payload()?, first.payload()?, "the same request is answered as it was");
        let twice = ("ALREADY_CHECKED".to_owned(), "caseId".to_owned());
        assert_eq!(keyed(&town, &failed, "twice").await?.user_error()?, twice);
        assert_eq!(refused(&admin, "caseSampleCheck", check("PASSED", None)).await?, twice);

        let told = items(&admin, &sample).await?;
        assert_eq!((&told["checked"], &told["passed"]), (&json!(1), &json!(0)));
        let nodes = told["items"]["nodes"].as_array().cloned().unwrap_or_default();
        let item = nodes.iter().find(|node| node["case"]["id"] == matter.id.as_str()).context("the case")?;
        let by = json!({"login": "qianlishan.dispatch"});
        let found = (&item["finding"], &item["note"], &item["checkedBy"]);
        assert_eq!(found, (&json!("FAILED"), &json!("现场仍在漏水"), &by));
        let audited = "SELECT count(*) FROM audit_entries WHERE action = 'case_sample.check'";
        assert_eq!(served.world.number(audited).await?, 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_checks_a_case_that_they_ever_settled() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = person(&served, "qianlishan.dispatch").await?;
        let admin = person(&served, "qianlishan.admin").await?;
        let (duty, district) =
            (person(&served, "district.dispatch").await?, person(&served, "district.command").await?);
        let mut matter = settled_by_the_town(&served, &town).await?;
        matter.act(&duty, "caseReopen", json!({"reason": "又漏水了"})).await?;
        matter.act(&admin, "caseComplete", json!({"result": "又修好了"})).await?;
        matter.act(&duty, "caseVerify", json!({})).await?;
        matter.act(&duty, "caseClose", json!({})).await?;
        let sample = draw(&town, json!({"name": "抽查", "size": {"percent": 100}})).await?;
        let check = json!({"caseSampleId": sample["id"], "caseId": matter.id, "finding": "PASSED"});
        for (by, what) in [(&town, "settled it first"), (&admin, "settled it anew"), (&duty, "closed it")] {
            let told = refused(by, "caseSampleCheck", check.clone()).await?;
            assert_eq!(told, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()), "{what}");
        }
        assert_eq!(items(&district, &sample).await?["checked"], 0);
        let answer = district.mutate("caseSampleCheck", SAMPLE, check).await?;
        assert_eq!(answer.payload()?["caseSample"]["checked"], 1);
        Ok(())
    })
    .await
}
