//! Return visits (回访): what the reporter makes of the result, asked by somebody else than who reported it.

use fengqiao_tests::{Matter, Served, on_backends};
use serde_json::{Value, json};

use super::{closed, in_hand, person};

const VISITS: &str = "returnVisits { channel contact rating visitedBy { login } } evaluation { rating }";

fn visit(contact: &str, rating: Option<&str>, note: Option<&str>) -> Value {
    json!({"channel": "PHONE", "contact": contact, "rating": rating, "note": note})
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_written_down_for_staff_and_changes_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, resident) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.resident").await?);
        let mut matter = closed(&served).await?;
        let before = matter.read(&station, "state dueAt closedAt settledLevel outcome { isOnTime }").await?;
        let wrong = [
            (visit("REACHED", None, Some("说好")), ("REQUIRED", "rating")),
            (visit("REACHED", Some("DISSATISFIED"), None), ("REQUIRED", "note")),
            (visit("NOT_REACHED", None, None), ("REQUIRED", "note")),
            (visit("NOT_REACHED", Some("SATISFIED"), Some("关机")), ("INVALID_RATING", "rating")),
        ];
        for (input, (code, path)) in wrong {
            let answer = matter.try_act(&station, "caseReturnVisit", input.clone()).await?;
            assert_eq!(answer.user_error()?, (code.to_owned(), path.to_owned()), "{input}");
        }
        matter.act(&station, "caseReturnVisit", visit("NOT_REACHED", None, Some("关机"))).await?;
        matter
            .act(&station, "caseReturnVisit", visit("REACHED", Some("DISSATISFIED"), Some("又漏了")))
            .await?;
        matter.act(&resident, "caseEvaluate", json!({"rating": "SATISFIED"})).await?;

        let told = matter.read(&station, VISITS).await?;
        let by = json!({"login": "xindi.station"});
        let wanted = json!([
            {"channel": "PHONE", "contact": "NOT_REACHED", "rating": null, "visitedBy": by},
            {"channel": "PHONE", "contact": "REACHED", "rating": "DISSATISFIED", "visitedBy": by},
        ]);
        assert_eq!(told["returnVisits"], wanted);
        assert_eq!(told["evaluation"]["rating"], "SATISFIED", "the reporter's own judgement is theirs");
        let after = matter.read(&station, "state dueAt closedAt settledLevel outcome { isOnTime }").await?;
        assert_eq!(after, before);
        let timeline = "timeline(last: 3) { nodes { act text rating audience } }";
        let entries = matter.read(&station, timeline).await?["timeline"]["nodes"].clone();
        assert_eq!(
            entries[1],
            json!({"act": "RETURN_VISIT", "text": "又漏了", "rating": "DISSATISFIED", "audience": "STAFF"})
        );
        let read = matter.read(&resident, &format!("{VISITS} {timeline}")).await?;
        assert_eq!(read["returnVisits"], json!([]), "it is the staff's matter");
        let shown = read["timeline"]["nodes"].as_array().cloned().unwrap_or_default();
        assert!(shown.iter().all(|entry| entry["act"] != "RETURN_VISIT"), "{shown:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_asks_about_their_own_result_nor_before_there_is_one() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let station = person(&served, "xindi.station").await?;
        let good = || visit("REACHED", Some("SATISFIED"), None);
        let mut matter = in_hand(&served).await?;
        let early = matter.try_act(&station, "caseReturnVisit", good()).await?;
        assert_eq!(early.user_error()?.0, "ILLEGAL_TRANSITION");
        let worker = person(&served, "xindi.worker").await?;
        matter.act(&worker, "caseComplete", json!({"result": "已修好"})).await?;
        for login in ["xindi.worker", "xindi.resident"] {
            let refused = matter.try_act(&person(&served, login).await?, "caseReturnVisit", good()).await?;
            assert_eq!(refused.user_error()?, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()), "{login}");
        }
        assert_eq!(matter.act(&station, "caseReturnVisit", good()).await?, "RESOLVED");

        // The station itself settles the next one.
        let mut own = in_hand(&served).await?;
        own.act(&worker, "caseReturn", json!({"reason": "请站里办"})).await?;
        own.act(&station, "caseStart", json!({})).await?;
        own.act(&station, "caseComplete", json!({"result": "已修好"})).await?;
        assert!(!own.actions(&station).await?.contains(&"RETURN_VISIT".to_owned()));
        let refused = own.try_act(&station, "caseReturnVisit", good()).await?;
        assert_eq!(refused.user_error()?, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()));
        let town = person(&served, "qianlishan.dispatch").await?;
        assert_eq!(own.act(&town, "caseReturnVisit", good()).await?, "RESOLVED");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_are_found_by_whether_somebody_was_reached_and_twenty_visits_are_enough() -> anyhow::Result<()>
{
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let station = person(&served, "xindi.station").await?;
        let mut matter = closed(&served).await?;
        let document =
            "query($filter: CaseFilter!) { cases(filter: $filter, first: 100) { nodes { number } } }";
        let found = async |wanted: bool| {
            let filter = json!({"filter": {"isReturnVisited": wanted, "states": ["CLOSED"]}});
            let answer = station.run(document, filter).await?;
            let nodes = answer.data("cases/nodes")?.as_array().cloned().unwrap_or_default();
            anyhow::Ok(nodes.iter().any(|node| node["number"] == matter.number.as_str()))
        };
        assert!(!found(true).await? && found(false).await?);
        for _ in 0..19 {
            matter.act(&station, "caseReturnVisit", visit("NOT_REACHED", None, Some("关机"))).await?;
        }
        matter.act(&station, "caseReturnVisit", visit("REACHED", Some("SATISFIED"), None)).await?;
        let again =
            matter.try_act(&station, "caseReturnVisit", visit("REACHED", Some("SATISFIED"), None)).await?;
        assert_eq!(again.user_error()?, ("TOO_MANY_VISITS".to_owned(), "caseId".to_owned()));
        let filter = json!({"filter": {"isReturnVisited": true}});
        let answer = station.run(document, filter.clone()).await?;
        assert_eq!(answer.data("cases/nodes/0/number")?, matter.number.as_str());
        let resident = person(&served, "xindi.resident").await?;
        let hidden = resident.run(document, filter).await?;
        assert_eq!(hidden.data("cases/nodes")?, &json!([]), "nobody else finds cases by it");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_counts_for_the_result_that_it_was_made_of() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (station, worker) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
        let good = || visit("REACHED", Some("SATISFIED"), None);
        let visited = async |matter: &Matter| {
            let document =
                "query($filter: CaseFilter!) { cases(filter: $filter, first: 100) { nodes { number } } }";
            let mut found = vec![];
            for wanted in [true, false] {
                let filter = json!({"filter": {"isReturnVisited": wanted}});
                let answer = station.run(document, filter).await?;
                let nodes = answer.data("cases/nodes")?.as_array().cloned().unwrap_or_default();
                found.push(nodes.iter().any(|node| node["number"] == matter.number.as_str()));
            }
            anyhow::ensure!(found[0] != found[1], "it is either: {found:?}");
            Ok(found[0])
        };
        let again = json!({"result": "又修好了"});

        // Opened again, and settled anew: nobody was asked about that.
        let mut matter = closed(&served).await?;
        matter.act(&station, "caseReturnVisit", good()).await?;
        assert!(visited(&matter).await?);
        matter.act(&station, "caseReopen", json!({"reason": "又漏水了"})).await?;
        assert!(!visited(&matter).await?, "the result is taken back");
        matter.act(&worker, "caseComplete", again.clone()).await?;
        matter.act(&station, "caseVerify", json!({})).await?;
        matter.act(&station, "caseClose", json!({})).await?;
        assert!(!visited(&matter).await?, "it is another result");
        matter.act(&station, "caseReturnVisit", visit("NOT_REACHED", None, Some("关机"))).await?;
        assert!(!visited(&matter).await?, "nobody was reached");
        matter.act(&station, "caseReturnVisit", good()).await?;
        matter.act(&station, "caseReturnVisit", visit("NOT_REACHED", None, Some("关机"))).await?;
        assert!(visited(&matter).await?, "somebody was reached before");
        let told = matter.read(&station, VISITS).await?["returnVisits"].clone();
        let contacts: Vec<&Value> =
            told.as_array().into_iter().flatten().map(|visit| &visit["contact"]).collect();
        assert_eq!(contacts, ["REACHED", "NOT_REACHED", "REACHED", "NOT_REACHED"], "all are kept");

        // Sent back before the closing.
        let mut matter = in_hand(&served).await?;
        matter.act(&worker, "caseComplete", json!({"result": "已修好"})).await?;
        matter.act(&station, "caseReturnVisit", good()).await?;
        assert!(visited(&matter).await?);
        matter.act(&station, "caseSendBack", json!({"reason": "仍在漏水"})).await?;
        assert!(!visited(&matter).await?);
        matter.act(&worker, "caseComplete", again).await?;
        assert!(!visited(&matter).await?);
        Ok(())
    })
    .await
}
