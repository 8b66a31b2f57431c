//! Addresses end at the village (requirement P3), but for those who have something to do there.

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Matter, Places, Served, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, person, reveal};

pub(super) const DOOR: &str = "3号楼2单元501";
const PLACE: &str = "place { address { text isMasked } point { longitude } village { name } }";
/// Whoever goes from door to door in the village.
const NEAR: [&str; 5] =
    ["xindi.station", "xindi.worker", "xindi.chief", "xindi.parttime", "qianlishan.instructor"];
/// Whoever reads of the village from above.
const ABOVE: [&str; 4] = ["qianlishan.dispatch", "district.command", "district.dispatch", "district.leader"];

/// What is written down of a place.
async fn at_the_door(by: &Actor) -> anyhow::Result<Value> {
    Ok(json!({"place": {"gridId": Places::of(by).grid(GRID).await?}, "address": DOOR,
        "point": {"longitude": 106.8, "latitude": 39.6, "coordinateSystem": "GCJ02"}}))
}

fn with(mut input: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().into_iter().flatten() {
        input[key] = value.clone();
    }
    input
}

pub(super) async fn report(by: &Actor, more: &Value) -> anyhow::Result<Matter> {
    let category = Places::of(by).category(CATEGORY).await?;
    let input = json!({"categoryId": category, "title": "题", "description": "述", "source": "WALK_IN",
        "reporter": {"name": "演示·报事人", "phone": "10070009999"}});
    let input = with(with(input, &at_the_door(by).await?), more);
    let answer =
        by.mutate("caseReport", "case { id number version } userErrors { code path }", input).await?;
    let case = &answer.payload()?["case"];
    Ok(Matter {
        id: case["id"].as_str().unwrap_or_default().to_owned(),
        number: case["number"].as_str().unwrap_or_default().to_owned(),
        version: case["version"].as_i64().unwrap_or_default(),
        case: case.clone(),
    })
}

async fn visit(by: &Actor, subject: Value) -> anyhow::Result<String> {
    let input = json!({"subject": subject, "purpose": "ROUTINE", "outcome": "MET"});
    let input = with(input, &at_the_door(by).await?);
    let answer = by.mutate("visitRecord", "visit { id } userErrors { code path }", input).await?;
    Ok(answer.payload()?["visit"]["id"].as_str().unwrap_or_default().to_owned())
}

/// The address and the degree of longitude that somebody reads of a case or a visit.
async fn read(by: &Actor, id: &str) -> anyhow::Result<(Value, Value)> {
    let ask = format!(
        "query($id: ID!) {{ node(id: $id) {{ ... on Case {{ {PLACE} }} ... on Visit {{ {PLACE} }} }} }}"
    );
    let answer = by.run(&ask, json!({"id": id})).await?;
    let place = answer.data("node/place")?;
    let (address, village) = (&place["address"], place["village"]["name"].as_str().unwrap_or_default());
    let masked = json!({"text": format!("{village}***"), "isMasked": true});
    ensure!(!village.is_empty(), "{place}");
    ensure!(*address == masked || *address == json!({"text": DOOR, "isMasked": false}), "{place}");
    Ok((address["isMasked"].clone(), place["point"]["longitude"].clone()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_tells_its_door_by_what_one_has_to_do_with_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, town) =
            (person(&served, "xindi.station").await?, person(&served, "qianlishan.dispatch").await?);
        let reporter = person(&served, "hotline.api").await?.into_program();
        let mut matter = report(&reporter, &json!({"source": "HOTLINE_12345"})).await?;
        // Whoever reported it, and whoever is at home there.
        assert_eq!(read(&reporter, &matter.id).await?, (json!(false), json!(106.8)));
        for login in NEAR {
            assert_eq!(read(&person(&served, login).await?, &matter.id).await?.0, json!(false), "{login}");
        }
        // A point of an everyday matter is on everybody's map.
        let overseer = crate::oversight::overseer(&served).await?.0;
        assert_eq!(read(&overseer, &matter.id).await?, (json!(true), json!(106.8)), "overseer");
        for login in ABOVE {
            let told = read(&person(&served, login).await?, &matter.id).await.with_context(|| login)?;
            assert_eq!(told, (json!(true), json!(106.8)), "{login}");
        }
        // Whoever it lies with, as long as it does.
        matter.act(&station, "caseAccept", json!({})).await?;
        matter.act(&station, "caseHandUp", json!({"reason": "请镇里协调"})).await?;
        assert_eq!(read(&town, &matter.id).await?.0, json!(false), "it lies with the town");
        let unit = Places::of(&town).unit(&GRID[..12]).await?;
        matter
            .act(&town, "caseSendDown", json!({"target": {"unitId": unit}, "reason": "请社区处理"}))
            .await?;
        assert_eq!(read(&town, &matter.id).await?.0, json!(true), "it does no more");
        // Whose village nobody knows yet is told to whoever sends it there.
        let category = Places::of(&reporter).category(CATEGORY).await?;
        let unknown = json!({"categoryId": category, "title": "题", "description": "述", "source": "HOTLINE_12345",
            "place": {"unitId": Places::of(&reporter).unit(&GRID[..9]).await?}, "address": DOOR});
        let answer = reporter.mutate("caseReport", "case { id } userErrors { code path }", unknown).await?;
        let ask = "query($id: ID!) { node(id: $id) { ... on Case { place { address { text } } } } }";
        let leader = person(&served, "district.leader").await?;
        for (by, wanted) in [(&town, DOOR), (&leader, "千里山镇***")] {
            let told = by.run(ask, json!({"id": answer.payload()?["case"]["id"]})).await?;
            assert_eq!(told.data("node/place/address/text")?, wanted, "{}", by.account());
        }
        // A delicate one is on the map of those who are at home there.
        let delicate = report(&station, &json!({"sensitivity": "SENSITIVE"})).await?;
        assert_eq!(read(&station, &delicate.id).await?, (json!(false), json!(106.8)));
        let commander = person(&served, "district.command").await?;
        assert_eq!(read(&commander, &delicate.id).await?, (json!(true), Value::Null));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_tells_its_door_by_what_one_reads_of_people_there() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let household = visit(&worker, json!({"kind": "HOUSEHOLD"})).await?;
        for login in NEAR {
            let told = read(&person(&served, login).await?, &household).await.with_context(|| login)?;
            assert_eq!(told, (json!(false), json!(106.8)), "{login}");
        }
        for login in ABOVE {
            let told = read(&person(&served, login).await?, &household).await.with_context(|| login)?;
            assert_eq!(told, (json!(true), Value::Null), "{login}");
        }
        // Somebody may be a child of whom nobody said how old they are.
        let person_of_any_age = visit(&worker, json!({"kind": "PERSON", "name": "张三丰"})).await?;
        for (login, is_masked) in [("xindi.worker", false), ("xindi.station", false), ("xindi.chief", true)] {
            let told = read(&person(&served, login).await?, &person_of_any_age).await?;
            assert_eq!(told.0, json!(is_masked), "{login}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_needs_an_address_reads_it_for_a_purpose() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, town) =
            (person(&served, "xindi.station").await?, person(&served, "qianlishan.dispatch").await?);
        let named = report(&station, &json!({})).await?;
        let anonymous =
            json!({"reporter": {"name": "演示·报事人", "phone": "10070009999", "isAnonymous": true}});
        let anonymous = report(&station, &anonymous).await?;
        let household = visit(&station, json!({"kind": "HOUSEHOLD"})).await?;
        for (subject, name) in [
            (json!({"caseId": named.id}), json!("演示·报事人")),
            (json!({"caseId": anonymous.id}), Value::Null),
            (json!({"visitId": household}), Value::Null),
        ] {
            let answer = town
                .mutate(
                    "personReveal",
                    "address name phone userErrors { code }",
                    json!({"subject": subject, "purpose": "ASSISTANCE"}),
                )
                .await?;
            let told = answer.payload()?;
            assert_eq!((&told["address"], &told["name"]), (&json!(DOOR), &name), "{subject}");
            assert_eq!(told["phone"].is_null(), name.is_null(), "{subject}");
            let beside = person(&served, "binhe.dispatch").await?;
            let refused = reveal(&beside, subject.clone(), "ASSISTANCE").await?.user_error()?;
            assert_eq!(refused.0, "NOT_FOUND", "{subject}");
        }
        let kept = served.world.rows("audit_entries").await?;
        assert_eq!(kept.iter().filter(|entry| entry.contains("person.reveal")).count(), 3);
        ensure!(kept.iter().all(|entry| !entry.contains(DOOR)), "{kept:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_masked_address_takes_no_other_ones_place() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let station = person(&served, "xindi.station").await?;
        let places = Places::of(&station);
        let grid = json!({"gridId": places.grid(GRID).await?});
        let case = json!({"categoryId": places.category(CATEGORY).await?, "title": "题", "description": "述",
            "source": "WALK_IN", "place": grid});
        let visit =
            json!({"subject": {"kind": "HOUSEHOLD"}, "purpose": "ROUTINE", "outcome": "MET", "place": grid});
        for (field, input) in [("caseReport", case), ("visitRecord", visit)] {
            for masked in ["新地社区***", "新地社区＊＊＊ ", "***"] {
                let input = with(input.clone(), &json!({"address": masked}));
                let answer = station.mutate(field, "userErrors { code path }", input).await?;
                let refused = ("INVALID_TEXT".to_owned(), "address".to_owned());
                assert_eq!(answer.user_error()?, refused, "{field} {masked}");
            }
            // A star within it is none of ours.
            let input = with(input, &json!({"address": "3*2米的坑旁"}));
            station.mutate(field, "userErrors { code path }", input).await?.payload()?;
        }
        Ok(())
    })
    .await
}
