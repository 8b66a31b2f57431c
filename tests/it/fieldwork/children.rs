//! Visits to children under fourteen (requirement P8): who counts as one, on what ground anything is kept of them, and who reads it.

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Answer, Places, Served, on_backends};
use serde_json::{Value, json};

use super::{GRID, person};

const SELECTION: &str =
    "visit { id sensitivity subject { isUnderFourteen isUnderFourteenAssumed childDataBasisKind
    guardianName { text isMasked } } } userErrors { code path }";
const PHONE: &str = "10070006666";
const DAY: i64 = 86_400;

/// Who is visited, by name and number, with what else is said of them.
fn subject(more: &Value) -> Value {
    let mut subject = json!({"kind": "PERSON", "name": "童小雨", "phone": PHONE});
    for (key, value) in more.as_object().into_iter().flatten() {
        subject[key] = value.clone();
    }
    subject
}

async fn tried(by: &Actor, more: &Value) -> anyhow::Result<Answer> {
    let place = json!({"gridId": Places::of(by).grid(GRID).await?});
    let mut input = json!({"subject": subject(more), "purpose": "ROUTINE", "outcome": "MET", "place": place});
    if let Some(at) = more.get("visitedAt") {
        input["visitedAt"] = at.clone();
        input["subject"].as_object_mut().context("a subject")?.remove("visitedAt");
    }
    by.mutate("visitRecord", SELECTION, input).await
}

async fn visited(by: &Actor, more: Value) -> anyhow::Result<Value> {
    Ok(tried(by, &more).await?.payload()?["visit"].clone())
}

/// Whether they count as a child, whether for want of a word, and how delicate the visit is.
fn told(visit: &Value) -> (&Value, &Value, &Value) {
    let subject = &visit["subject"];
    (&subject["isUnderFourteen"], &subject["isUnderFourteenAssumed"], &visit["sensitivity"])
}

async fn is_child(by: &Actor, visit: &Value) -> anyhow::Result<Value> {
    let ask = "query($id: ID!) { visit(id: $id) { subject { isUnderFourteen } } }";
    let read = by.run(ask, json!({"id": visit["id"]})).await?;
    Ok(read.data("visit/subject/isUnderFourteen")?.clone())
}

/// The number of whoever was visited, read whole, or the code of the refusal.
async fn whole(by: &Actor, visit: &Value) -> anyhow::Result<Value> {
    let input = json!({"subject": {"visitId": visit["id"]}, "purpose": "CONTACT"});
    let answer = by.mutate("personReveal", "phone userErrors { code path }", input).await?;
    if !answer.code().is_empty() {
        return Ok(json!(answer.code()));
    }
    Ok(match answer.payload() {
        Ok(payload) => payload["phone"].clone(),
        Err(_) => json!(answer.user_error()?.0),
    })
}

/// Whether somebody finds a visit among those to children, and sees it by its name.
async fn sees(by: &Actor, visit: &Value) -> anyhow::Result<bool> {
    let ask = "query($id: ID!) { visits(filter: {wasUnderFourteen: true}, first: 100) { totalCount nodes { id } }
        others: visits(filter: {wasUnderFourteen: false}, first: 100) { nodes { id } } visit(id: $id) { id } node(id: $id) { id } }";
    let read = by.run(ask, json!({"id": visit["id"]})).await?;
    let holds =
        |list: &Value| list["nodes"].as_array().into_iter().flatten().any(|node| node["id"] == visit["id"]);
    let listed = holds(read.data("visits")?);
    ensure!(!holds(read.data("others")?), "{}", read.text);
    ensure!(listed || read.data("visits/totalCount")? == &json!(0), "{}", read.text);
    for field in ["visit", "node"] {
        assert_eq!(read.data(field)?["id"] == visit["id"], listed, "{field}: {}", read.text);
    }
    Ok(listed)
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_a_child_until_the_day_after_the_fourteenth_birthday() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        // It is the afternoon of 22 November 2026 in China.
        let mut visits = vec![];
        for (born, child, sensitivity) in [
            ("2012-11-23", true, "SENSITIVE"),
            ("2012-11-22", true, "SENSITIVE"),
            ("2012-11-21", false, "NORMAL"),
        ] {
            let duty = json!({"bornOn": born, "childDataBasisKind": "STATUTORY_DUTY"});
            let visit = visited(&worker, duty).await?;
            assert_eq!(told(&visit), (&json!(child), &json!(false), &json!(sensitivity)), "{born}");
            visits.push(visit);
        }
        // It turns by itself at midnight in China, and what was said of a child stays where it is.
        for (seconds, children) in
            [(8 * 3_600 - 1, [true, true]), (1, [true, false]), (DAY - 1, [true, false]), (1, [false, false])]
        {
            served.pass_seconds(seconds);
            let station = person(&served, "xindi.station").await?;
            for (visit, child) in visits.iter().zip(children) {
                assert_eq!(is_child(&station, visit).await?, json!(child), "{seconds} seconds later");
                assert!(!sees(&person(&served, "qianlishan.dispatch").await?, visit).await?);
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_child_was_born_is_told_to_nobody_and_of_others_it_is_not_kept() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let consent = json!({"bornOn": "2015-03-09", "childDataBasisKind": "GUARDIAN_CONSENT", "guardianName": "王大雨"});
        let visit = visited(&worker, consent.clone()).await?;
        let wanted = json!({"isUnderFourteen": true, "isUnderFourteenAssumed": false,
            "childDataBasisKind": "GUARDIAN_CONSENT", "guardianName": {"text": "王*", "isMasked": true}});
        assert_eq!(visit["subject"], wanted);
        let sealed = "SELECT count(*) FROM visits WHERE born_on IS NOT NULL AND guardian_name IS NOT NULL";
        assert_eq!(served.world.number(sealed).await?, 1);
        // Of whoever is older neither the day is kept nor who is their guardian.
        for (said, value) in [("bornOn", json!("1955-03-09")), ("isUnderFourteen", json!(false))] {
            let mut grown = consent.clone();
            grown["bornOn"] = Value::Null;
            grown[said] = value;
            let visit = visited(&worker, grown).await?;
            let nothing = json!({"isUnderFourteen": false, "isUnderFourteenAssumed": false, "childDataBasisKind": null, "guardianName": null});
            assert_eq!(visit["subject"], nothing, "{said}");
        }
        let kept = "SELECT count(*) FROM visits WHERE born_on IS NOT NULL OR guardian_name IS NOT NULL OR child_data_basis IS NOT NULL";
        assert_eq!(served.world.number(kept).await?, 1);
        let rows = [served.world.rows("visits").await?, served.world.rows("outbox_events").await?].concat();
        let rows = [rows, served.world.rows("audit_entries").await?].concat().concat();
        for word in ["2015-03-09", "1955-03-09", "王大雨", "童小雨", PHONE] {
            let hex = hex::encode(word);
            ensure!(!rows.contains(word) && !rows.to_lowercase().contains(&hex), "{word} is there");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_kept_of_a_child_without_a_ground() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let (unfounded, ground) = ("CHILD_DATA_UNFOUNDED", "subject.childDataBasisKind");
        let (guardian, born) = ("subject.guardianName", "subject.bornOn");
        for (said, code, path) in [
            (json!({"isUnderFourteen": true}), unfounded, ground),
            (json!({"bornOn": "2012-11-22"}), unfounded, ground),
            // The day of the visit counts, whenever it is recorded; and a day of birth before what is said beside it.
            (json!({"bornOn": "2012-11-20", "visitedAt": "2026-11-20T01:00:00Z"}), unfounded, ground),
            (json!({"bornOn": "2018-11-20", "isUnderFourteen": false}), unfounded, ground),
            // Who names a guardian speaks of a child.
            (json!({"guardianName": "王大雨"}), unfounded, ground),
            (json!({"isUnderFourteen": true, "guardianName": "王大雨"}), unfounded, ground),
            (
                json!({"isUnderFourteen": true, "childDataBasisKind": "GUARDIAN_CONSENT"}),
                "REQUIRED",
                guardian,
            ),
            (json!({"childDataBasisKind": "GUARDIAN_CONSENT", "guardianName": " "}), "REQUIRED", guardian),
            (
                json!({"childDataBasisKind": "GUARDIAN_CONSENT", "guardianName": "王*"}),
                "INVALID_TEXT",
                guardian,
            ),
            (
                json!({"childDataBasisKind": "GUARDIAN_CONSENT", "guardianName": "长".repeat(61)}),
                "TOO_LONG",
                guardian,
            ),
            (
                json!({"childDataBasisKind": "STATUTORY_DUTY", "bornOn": "2026-11-23"}),
                "INVALID_BIRTH_DATE",
                born,
            ),
            (json!({"bornOn": "1876-11-21"}), "INVALID_BIRTH_DATE", born),
        ] {
            let answer = tried(&worker, &said).await?;
            assert_eq!(answer.user_error()?, (code.to_owned(), path.to_owned()), "{said}");
        }
        assert_eq!(served.world.number("SELECT count(*) FROM visits").await?, 0);
        for ground in ["STATUTORY_DUTY", "EMERGENCY"] {
            let visit = visited(&worker, json!({"childDataBasisKind": ground})).await?;
            assert_eq!(told(&visit), (&json!(true), &json!(false), &json!("SENSITIVE")));
            assert_eq!(visit["subject"]["childDataBasisKind"], ground);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_nobody_said_the_age_of_counts_as_a_child_until_somebody_does() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let unknown = visited(&worker, json!({})).await?;
        assert_eq!(told(&unknown), (&json!(true), &json!(true), &json!("NORMAL")));
        // The visit is read as any other: who it was to is read whole by fewer.
        for (login, answer) in [
            ("xindi.worker", PHONE),
            ("xindi.station", PHONE),
            ("qianlishan.admin", PHONE),
            ("district.command", PHONE),
            ("xindi.chief", "NOT_PERMITTED"),
            ("qianlishan.dispatch", "NOT_PERMITTED"),
            ("district.dispatch", "NOT_PERMITTED"),
        ] {
            let by = person(&served, login).await?;
            assert_eq!(is_child(&by, &unknown).await?, json!(true), "{login}");
            assert_eq!(whole(&by, &unknown).await?, answer, "{login}");
        }
        // Somebody says that they are older, or the visit is to no one person.
        let chief = person(&served, "xindi.chief").await?;
        for said in
            [json!({"isUnderFourteen": false}), json!({"bornOn": "1949-10-01"}), json!({"kind": "HOUSEHOLD"})]
        {
            let visit = visited(&worker, said.clone()).await?;
            assert_eq!(told(&visit), (&json!(false), &json!(false), &json!("NORMAL")), "{said}");
            assert_eq!(whole(&chief, &visit).await?, PHONE, "{said}");
        }
        // Of whom nobody ever said it, they were born that day at the latest.
        served.pass_seconds(14 * 366 * DAY);
        assert_eq!(is_child(&person(&served, "xindi.station").await?, &unknown).await?, json!(false));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn visits_to_children_are_read_by_few_and_by_whoever_made_them() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let said = json!({"isUnderFourteen": true, "childDataBasisKind": "EMERGENCY"});
        let visit = visited(&worker, said).await?;
        for (login, answer) in [
            ("xindi.station", PHONE),
            ("qianlishan.admin", PHONE),
            ("district.command", PHONE),
            // Masked it is theirs; whole they read nobody of whom more is said than their grant is for.
            ("xindi.worker", "NOT_PERMITTED"),
        ] {
            let by = person(&served, login).await?;
            assert!(sees(&by, &visit).await?, "{login}");
            assert_eq!(whole(&by, &visit).await?, answer, "{login}");
        }
        for login in [
            "district.leader",
            "district.dispatch",
            "qianlishan.dispatch",
            "qianlishan.handle",
            "qianlishan.instructor",
            "xindi.chief",
            "xindi.worker2",
            "xindi.parttime",
            "xindi.police",
            "xindi.mediator",
            "xindi.volunteer",
            "xindi.resident",
            "xinfeng.station",
            "binhe.admin",
            "police.handler",
            "system.admin",
            "security.admin",
            "audit.admin",
            "district.audit",
        ] {
            let by = person(&served, login).await?;
            assert!(!sees(&by, &visit).await?, "{login}");
            let answer = whole(&by, &visit).await?;
            ensure!(answer == "NOT_FOUND" || answer == "FORBIDDEN", "{login}: {answer}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_is_a_key_person_is_read_by_a_grant_for_both() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (officer, station) =
            (person(&served, "xindi.police").await?, person(&served, "xindi.station").await?);
        let said =
            json!({"isKeyPerson": true, "isUnderFourteen": true, "childDataBasisKind": "STATUTORY_DUTY"});
        let (own, others) = (visited(&officer, said.clone()).await?, visited(&station, said.clone()).await?);
        for (login, seen) in [
            ("xindi.police", [true, false]),
            ("xindi.station", [true, true]),
            ("qianlishan.admin", [true, true]),
            ("district.command", [true, true]),
            ("district.leader", [false, false]),
            ("xindi.worker", [false, false]),
        ] {
            let by = person(&served, login).await?;
            for (visit, seen) in [&own, &others].into_iter().zip(seen) {
                assert_eq!(is_named(&by, visit).await?, seen, "{login}");
                assert_eq!(whole(&by, visit).await? == PHONE, seen, "{login}");
            }
        }
        // A child gives nobody leave to follow up key persons.
        let answer = tried(&person(&served, "xindi.worker").await?, &said).await?;
        assert_eq!(answer.user_error()?, ("NOT_PERMITTED".to_owned(), "subject.isKeyPerson".to_owned()));
        Ok(())
    })
    .await
}

async fn is_named(by: &Actor, visit: &Value) -> anyhow::Result<bool> {
    let read = by.run("query($id: ID!) { visit(id: $id) { id } }", json!({"id": visit["id"]})).await?;
    Ok(read.data("visit")?["id"] == visit["id"])
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_a_child_needs_a_ground_as_well() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let worker = person(&served, "xindi.worker").await?;
        let place = json!({"gridId": Places::of(&worker).grid(GRID).await?});
        let operation = |key: &str, said: Value| {
            let record = json!({"subject": subject(&said), "purpose": "ROUTINE", "outcome": "MET", "place": place});
            json!({"operationKey": key, "doneAt": "2026-11-21T07:00:00Z", "work": {"visit": {"record": record}}})
        };
        let consent =
            json!({"bornOn": "2012-11-21", "childDataBasisKind": "GUARDIAN_CONSENT", "guardianName": "王大雨"});
        let batch = [
            operation("c-1", json!({"isUnderFourteen": true})),
            // Fourteen on the day on which it was done, and a day older now.
            operation("c-2", consent),
            operation("c-3", json!({"bornOn": "2026-11-22", "childDataBasisKind": "EMERGENCY"})),
        ];
        let selection = "operations { state visit { sensitivity subject { isUnderFourteen } } userErrors { code path } } userErrors { code }";
        for done in ["DONE", "REPLAYED"] {
            let answer = worker.mutate("fieldSync", selection, json!({"operations": batch})).await?;
            let told = &answer.payload()?["operations"];
            let refused = |at: usize, code: &str, field: &str| {
                let path = json!(["operations", at.to_string(), "work", "visit", "record", "subject", field]);
                assert_eq!(told[at]["state"], "REFUSED", "{told}");
                assert_eq!(told[at]["userErrors"], json!([{"code": code, "path": path}]));
            };
            refused(0, "REQUIRED", "childDataBasisKind");
            refused(2, "INVALID_TIME", "bornOn");
            assert_eq!(told[1]["state"], done);
            let visit = json!({"sensitivity": "SENSITIVE", "subject": {"isUnderFourteen": false}});
            assert_eq!(told[1]["visit"], visit);
        }
        assert_eq!(served.world.number("SELECT count(*) FROM visits WHERE born_on IS NOT NULL").await?, 1);
        Ok(())
    })
    .await
}
