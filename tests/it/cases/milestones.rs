//! The five first times of a case (五个第一时间), as its timeline tells them.

use fengqiao_tests::{Matter, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{CATEGORY, GRID, person};

const MILESTONES: &str = "milestones { kind elapsedMinutes }";

fn reached(kind: &str, minutes: i64) -> Value {
    json!({"kind": kind, "elapsedMinutes": minutes})
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_the_first_of_its_kind_and_counts_from_the_report() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let resident = person(&served, "xindi.resident").await?;
        let mut matter = Matter::report(&resident, GRID, CATEGORY).await?;
        assert_eq!(matter.read(&resident, MILESTONES).await?["milestones"], json!([]));
        served.pass_seconds(60);
        matter.act(&resident, "caseUrge", json!({})).await?;
        assert_eq!(
            matter.read(&resident, MILESTONES).await?["milestones"],
            json!([]),
            "who asks does not respond"
        );

        let (station, worker) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
        served.pass_seconds(120);
        matter.act(&station, "caseAccept", json!({})).await?;
        let target = json!({"target": {"accountId": account_id(&worker).await?}});
        matter.act(&station, "caseDispatch", target).await?;
        served.pass_seconds(60);
        matter.act(&worker, "caseStart", json!({})).await?;
        served.pass_seconds(60);
        matter.act(&worker, "caseComplete", json!({"result": "已修好"})).await?;
        matter.act(&station, "caseSendBack", json!({"reason": "仍在漏水"})).await?;
        served.pass_seconds(60);
        matter.act(&worker, "caseComplete", json!({"result": "换了水管"})).await?;
        matter.act(&station, "caseVerify", json!({})).await?;
        served.pass_seconds(60);
        matter.act(&station, "caseClose", json!({})).await?;
        let wanted = json!([
            reached("RESPONSE", 3),
            reached("INTERVENTION", 4),
            reached("HANDLING", 5),
            reached("ANSWER", 7),
            reached("INSPECTION", 6),
        ]);
        for reader in [&station, &resident] {
            assert_eq!(matter.read(reader, MILESTONES).await?["milestones"], wanted);
        }
        Ok(())
    })
    .await
}
