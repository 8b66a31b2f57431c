//! Supervision (督办): by somebody above, at a level that only rises, and the case stays where it is.

use fengqiao_tests::{Matter, Served, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, in_hand, person};

const SUPERVISED: &str = "subscription($after: String) { caseEvents(after: $after) { ... on Resync { reason }
    ... on CaseEventDelivery { event { ... on CaseSupervised { caseNumber supervisionLevel level } } } } }";

fn at(level: &str) -> Value {
    json!({"level": level, "reason": "超期未办"})
}

#[tokio::test(flavor = "multi_thread")]
async fn the_level_rises_and_never_falls() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (town, district) =
            (person(&served, "qianlishan.dispatch").await?, person(&served, "district.dispatch").await?);
        let worker = person(&served, "xindi.worker").await?;
        let mut matter = in_hand(&served).await?;
        assert_eq!(matter.read(&worker, "supervision { level }").await?, json!({"supervision": null}));
        let silent = matter.try_act(&town, "caseSupervise", json!({"level": "RED", "reason": " "})).await?;
        assert_eq!(silent.user_error()?, ("REQUIRED".to_owned(), "reason".to_owned()));

        let mut following = town.subscribe(SUPERVISED).await?;
        assert_eq!(matter.act(&town, "caseSupervise", at("YELLOW")).await?, "HANDLING");
        let wanted = json!({"caseNumber": matter.number, "supervisionLevel": "YELLOW", "level": "GRID"});
        // Of other events this document tells nothing.
        let told = following.event_where(|event| *event != json!({})).await?;
        assert_eq!(told, wanted);
        let milder = matter.try_act(&district, "caseSupervise", at("NORMAL")).await?;
        assert_eq!(milder.user_error()?, ("LOWER_LEVEL".to_owned(), "level".to_owned()));
        served.pass_seconds(60);
        matter.act(&district, "caseSupervise", at("YELLOW")).await?;
        matter.act(&district, "caseSupervise", at("RED")).await?;
        let milder = matter.try_act(&district, "caseSupervise", at("YELLOW")).await?;
        assert_eq!(milder.user_error()?, ("LOWER_LEVEL".to_owned(), "level".to_owned()));

        assert_eq!(matter.case["assignee"]["login"], "xindi.worker", "whom it lies with stays");
        assert_eq!(matter.inbox(&worker).await?, Some("DOING"), "and the box it lies in");
        let read = "supervision { level supervisedAt cost }
            timeline(last: 3) { nodes { act text supervisionLevel supervisionCost } }";
        let read = matter.read(&worker, read).await?;
        // The grid event costs nothing.
        let wanted = json!({"level": "RED", "supervisedAt": "2026-11-22T08:00:00.000000Z", "cost": 0});
        assert_eq!(read["supervision"], wanted);
        let entry = |level: &str| {
            json!({"act": "SUPERVISE", "text": "超期未办", "supervisionLevel": level, "supervisionCost": 0})
        };
        assert_eq!(read["timeline"]["nodes"], json!([entry("YELLOW"), entry("YELLOW"), entry("RED")]));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_above_supervises_and_nobody_else() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (town, district) =
            (person(&served, "qianlishan.dispatch").await?, person(&served, "district.dispatch").await?);
        let mut matter = in_hand(&served).await?;
        let others = [
            ("xindi.resident", "NOT_PERMITTED"),
            ("xindi.resident2", "NOT_FOUND"),
            ("xindi.worker", "NOT_PERMITTED"),
            ("xindi.parttime", "NOT_PERMITTED"),
            ("xindi.station", "NOT_PERMITTED"),
            ("district.leader", "NOT_PERMITTED"),
            ("binhe.dispatch", "NOT_FOUND"),
        ];
        for (login, code) in others {
            let answer =
                matter.try_act(&person(&served, login).await?, "caseSupervise", at("NORMAL")).await?;
            assert_eq!(answer.user_error()?, (code.to_owned(), "caseId".to_owned()), "{login}");
        }
        let read = matter.read(&town, "viewerActions { act requires }").await?;
        let offer = json!({"act": "SUPERVISE", "requires": ["LEVEL", "REASON"]});
        assert!(read["viewerActions"].as_array().is_some_and(|acts| acts.contains(&offer)), "{read}");
        matter.act(&town, "caseSupervise", at("NORMAL")).await?;

        // The town that works on a case itself is supervised by the district.
        let resident = person(&served, "xindi.resident").await?;
        let station = person(&served, "xindi.station").await?;
        let mut above = Matter::report(&resident, GRID, CATEGORY).await?;
        above.act(&station, "caseAccept", json!({})).await?;
        above.act(&station, "caseHandUp", json!({"reason": "请镇里协调"})).await?;
        let own = above.try_act(&town, "caseSupervise", at("RED")).await?;
        assert_eq!(own.user_error()?, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()));
        above.act(&district, "caseSupervise", at("RED")).await?;

        let found = "query($levels: [SupervisionLevel!]) {
            cases(filter: {supervisionLevels: $levels}, first: 100) { nodes { number } } }";
        for (levels, numbers) in [
            (json!(["RED"]), json!([{"number": above.number}])),
            (json!(["NORMAL", "YELLOW"]), json!([{"number": matter.number}])),
        ] {
            let listed = district.run(found, json!({"levels": levels})).await?;
            assert_eq!(listed.data("cases/nodes")?, &numbers, "{levels}");
        }
        let strangers = resident.run(found, json!({"levels": ["RED"]})).await?;
        assert_eq!(strangers.data("cases/nodes")?, &json!([]), "the reporter is not told, by no way");
        let told = above.read(&resident, "supervision { level } timeline(last: 9) { nodes { act } }").await?;
        assert!(told["supervision"].is_null() && !told.to_string().contains("SUPERVISE"), "{told}");
        Ok(())
    })
    .await
}
