//! What a case counts as (办结、按时、返工): judged when the result was reported, kept, and found in lists.

use fengqiao_tests::{Actor, Served, on_backends};
use serde_json::{Value, json};

use super::{closed, in_hand, person};

const OUTCOME: &str = "outcome { isClosed isOnTime judgedAt isReworked reworks }";
/// Longer than any case of the demo may take.
const LATE: i64 = 400 * 86_400;

/// Whether a filter finds a case, and a count of what it finds agrees.
async fn finds(by: &Actor, filter: &Value, number: &str) -> anyhow::Result<bool> {
    let document = "query($filter: CaseFilter!) { cases(filter: $filter, first: 100) {
        totalCount nodes { number } } }";
    let answer = by.run(document, json!({"filter": filter})).await?;
    let nodes = answer.data("cases/nodes")?.as_array().cloned().unwrap_or_default();
    let count = answer.data("cases/totalCount")?.as_u64().unwrap_or_default();
    assert!(nodes.len() == 100 || u64::try_from(nodes.len())? == count, "{count} and {}", nodes.len());
    Ok(nodes.iter().any(|node| node["number"] == number))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_on_time_when_its_result_was_reported_before_its_end() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let station = person(&served, "xindi.station").await?;
        let mut matter = in_hand(&served).await?;
        let none = json!({
            "isClosed": false, "isOnTime": null, "judgedAt": null, "isReworked": false, "reworks": 0
        });
        assert_eq!(matter.read(&station, OUTCOME).await?["outcome"], none);
        let worker = person(&served, "xindi.worker").await?;
        matter.act(&worker, "caseComplete", json!({"result": "已修好"})).await?;
        let resolved = matter.read(&station, OUTCOME).await?["outcome"].clone();
        assert_eq!((&resolved["isOnTime"], &resolved["isClosed"]), (&json!(true), &json!(false)));
        // Whoever checks it takes nobody's time.
        served.pass_seconds(LATE);
        let station = person(&served, "xindi.station").await?;
        matter.act(&station, "caseVerify", json!({})).await?;
        matter.act(&station, "caseClose", json!({})).await?;
        let told = matter.read(&station, &format!("{OUTCOME} clock {{ light }}")).await?;
        assert_eq!(told["clock"]["light"], "RED", "the clock of the case ran on until the closing");
        assert_eq!(
            (&told["outcome"]["isOnTime"], &told["outcome"]["isClosed"]),
            (&json!(true), &json!(true))
        );
        assert_eq!(told["outcome"]["judgedAt"], resolved["judgedAt"]);
        assert!(finds(&station, &json!({"isOnTime": true, "isReworked": false}), &matter.number).await?);
        assert!(!finds(&station, &json!({"isOnTime": false}), &matter.number).await?);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_that_was_red_when_its_result_was_reported_is_not_on_time() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let mut matter = in_hand(&served).await?;
        served.pass_seconds(LATE);
        let (station, worker) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
        assert_eq!(matter.read(&station, "clock { light }").await?["clock"]["light"], "RED");
        matter.act(&worker, "caseComplete", json!({"result": "已修好"})).await?;
        assert_eq!(matter.read(&station, OUTCOME).await?["outcome"]["isOnTime"], json!(false));
        assert!(finds(&station, &json!({"isOnTime": false}), &matter.number).await?);

        // The result does not stand: it is not judged any more, and was reworked.
        matter.act(&station, "caseSendBack", json!({"reason": "仍在漏水"})).await?;
        let back = matter.read(&station, OUTCOME).await?["outcome"].clone();
        assert_eq!((&back["isOnTime"], &back["reworks"]), (&Value::Null, &json!(1)));
        assert!(finds(&station, &json!({"isReworked": true}), &matter.number).await?);
        assert!(!finds(&station, &json!({"isReworked": false}), &matter.number).await?);
        assert!(!finds(&station, &json!({"isOnTime": false}), &matter.number).await?);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_it_again_takes_the_judgement_back_and_counts() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let mut matter = closed(&served).await?;
        let station = person(&served, "xindi.station").await?;
        matter.act(&station, "caseReopen", json!({"reason": "又漏水了"})).await?;
        let told = matter.read(&station, OUTCOME).await?["outcome"].clone();
        let wanted = json!({
            "isClosed": false, "isOnTime": null, "judgedAt": null, "isReworked": true, "reworks": 1
        });
        assert_eq!(told, wanted);
        let resident = person(&served, "xindi.resident").await?;
        assert_eq!(matter.read(&resident, OUTCOME).await?["outcome"], wanted, "it is no secret");
        Ok(())
    })
    .await
}
