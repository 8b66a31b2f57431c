//! New cases follow what was published last; a running case stays on the version it began with.

use fengqiao_tests::{Matter, Served, on_backends};
use serde_json::json;

use super::{CATEGORY, Drafted, GRID, grid_event, person};

const FOLLOWED: &str = "programme { key number nameZh } stage { key nameZh state } viewerActions { act labelZh toStage requires }";

/// Accepting is called otherwise and demands a reason.
const NAMED: [(&str, &str); 3] = [
    ("name_zh = \"网格事件\"", "name_zh = \"网格事件（海勃湾）\""),
    ("name_zh = \"发现\"", "name_zh = \"群众报事\""),
    (
        "act = \"accept\"",
        "act = \"accept\"\nlabel_zh = \"接单\"\nlabel_en = \"Take\"\nrequires = [\"reason\"]",
    ),
];
/// Nothing is rejected any more.
const STRICT: (&str, &str) = ("[[acts]]\nact = \"reject\"\nfrom = [\"discovery\"]\n", "");

#[tokio::test(flavor = "multi_thread")]
async fn a_running_case_stays_on_the_version_it_began_with() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (admin, station) =
            (person(&served, "system.admin").await?, person(&served, "xindi.station").await?);
        let before = Matter::report(&station, GRID, CATEGORY).await?;
        let mut programme = Drafted::new(&admin, &grid_event(&NAMED)).await?;
        let unpublished = Matter::report(&station, GRID, CATEGORY).await?;
        let published = programme.publish(&admin).await?;
        assert_eq!((&published["current"]["number"], &published["draft"]), (&json!(1), &json!(null)));
        let mut first = Matter::report(&station, GRID, CATEGORY).await?;
        programme.draft(&admin, &grid_event(&[STRICT])).await?;
        programme.publish(&admin).await?;
        let second = Matter::report(&station, GRID, CATEGORY).await?;

        for shipped in [&before, &unpublished] {
            let read = shipped.read(&station, FOLLOWED).await?;
            assert_eq!(read["programme"], json!({"key": "grid_event", "number": 0, "nameZh": "网格事件"}));
            assert_eq!(read["stage"], json!({"key": "discovery", "nameZh": "发现", "state": "REPORTED"}));
        }
        let read = first.read(&station, FOLLOWED).await?;
        assert_eq!(
            read["programme"],
            json!({"key": "grid_event", "number": 1, "nameZh": "网格事件（海勃湾）"})
        );
        assert_eq!(read["stage"]["nameZh"], "群众报事");
        let accept =
            json!({"act": "ACCEPT", "labelZh": "接单", "toStage": "acceptance", "requires": ["REASON"]});
        assert!(read["viewerActions"].as_array().is_some_and(|acts| acts.contains(&accept)), "{read}");
        assert!(first.actions(&station).await?.contains(&"REJECT".to_owned()));
        assert_eq!(second.read(&station, "programme { number }").await?["programme"]["number"], 2);
        assert!(
            !second.actions(&station).await?.contains(&"REJECT".to_owned()),
            "the second version has no such act"
        );
        let refused = second.try_act(&station, "caseReject", json!({"reason": "不归我们"})).await?;
        assert_eq!(refused.user_error()?.0, "ILLEGAL_TRANSITION");

        let silent = first.try_act(&station, "caseAccept", json!({})).await?;
        assert_eq!(silent.user_error()?, ("REQUIRED".to_owned(), "note".to_owned()));
        first.act(&station, "caseAccept", json!({"note": "属本村"})).await?;
        let read = first.read(&station, "stage { key } timeline(last: 2) { nodes { act toStage } }").await?;
        let entries =
            json!([{"act": "REPORT", "toStage": "discovery"}, {"act": "ACCEPT", "toStage": "acceptance"}]);
        assert_eq!((&read["stage"]["key"], &read["timeline"]["nodes"]), (&json!("acceptance"), &entries));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_programme_that_is_given_up_goes_on_for_its_cases_alone() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (admin, station) =
            (person(&served, "system.admin").await?, person(&served, "xindi.station").await?);
        let mut programme = Drafted::new(&admin, &grid_event(&NAMED)).await?;
        programme.publish(&admin).await?;
        let running = Matter::report(&station, GRID, CATEGORY).await?;
        programme.retire(&admin).await?;
        let later = Matter::report(&station, GRID, CATEGORY).await?;
        let number = "programme { number }";
        assert_eq!(running.read(&station, number).await?["programme"]["number"], 1);
        assert_eq!(later.read(&station, number).await?["programme"]["number"], 0);
        programme.restore(&admin).await?;
        let again = Matter::report(&station, GRID, CATEGORY).await?;
        assert_eq!(again.read(&station, number).await?["programme"]["number"], 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_between_two_versions_is_told_part_by_part() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        let mut programme = Drafted::new(&admin, &grid_event(&[])).await?;
        programme.publish(&admin).await?;
        programme.draft(&admin, &grid_event(&[NAMED[1], NAMED[2], STRICT])).await?;
        let document = "query($id: ID!) {
            draft: programmeDiff(programmeId: $id, from: 1) { changes { part before after } }
            same: programmeDiff(programmeId: $id, from: 1, to: 1) { changes { part } }
            none: programmeDiff(programmeId: $id, from: 1, to: 2) { changes { part } } }";
        let told = admin.run(document, json!({"id": programme.id})).await?;
        let change = |part: &str, before: Option<&str>, after: Option<&str>| {
            json!({"part": part, "before": before, "after": after})
        };
        let wanted = json!([
            change("acts.accept.1.label", None, Some("接单 / Take")),
            change("acts.accept.1.requires", None, Some("reason")),
            change("acts.reject.1.from", Some("discovery"), None),
            change("acts.reject.1.to", Some("rejected"), None),
            change("acts.reject.1.who", Some("assignee, territory"), None),
            change("stages.discovery.name_zh", Some("发现"), Some("群众报事")),
        ]);
        assert_eq!(told.data("draft/changes")?, &wanted);
        assert_eq!((told.data("same/changes")?, told.data("none")?), (&json!([]), &json!(null)));

        // Whoever may not publish the draft does not read it by its changes.
        let station = person(&served, "xindi.station").await?;
        let told = station.run(document, json!({"id": programme.id})).await?;
        assert_eq!((told.data("draft")?, told.data("same/changes")?), (&json!(null), &json!([])));
        let read = "query($id: ID!) { programme(id: $id) { draft current { number definition outline { key } } } }";
        let told = station.run(read, json!({"id": programme.id})).await?;
        assert_eq!(told.data("programme/draft")?, &json!(null));
        assert_eq!(told.data("programme/current/definition")?.as_str(), Some(grid_event(&[]).as_str()));
        assert!(admin.run(read, json!({"id": programme.id})).await?.data("programme/draft")?.is_string());
        Ok(())
    })
    .await
}
