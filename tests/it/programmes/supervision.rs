//! What supervision (督办) costs whoever a case lies with is the programme's to say.

use fengqiao_tests::{Matter, Served, account_id, on_backends};
use serde_json::json;

use super::{CATEGORY, Drafted, GRID, grid_event, person};

const TOLD: &str = "programme { supervision { normal yellow red } } supervision { level cost }
    timeline { nodes { act supervisionLevel supervisionCost
        assignee { ... on Unit { code } ... on Account { login } } } }";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_a_case_lies_with_bears_the_points_of_its_programme() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        let definition = format!("{}\n[supervision]\nyellow = 5\nred = 10\n", grid_event(&[]));
        Drafted::new(&admin, &definition).await?.publish(&admin).await?;
        let (station, town) =
            (person(&served, "xindi.station").await?, person(&served, "qianlishan.dispatch").await?);
        let worker = account_id(&person(&served, "xindi.worker").await?).await?;
        let mut matter =
            Matter::report(&person(&served, "xindi.resident").await?, GRID, CATEGORY).await?;
        let at = |level: &str| json!({"level": level, "reason": "超期未办"});
        matter.act(&town, "caseSupervise", at("NORMAL")).await?;
        matter.act(&town, "caseSupervise", at("YELLOW")).await?;
        matter.act(&station, "caseAccept", json!({})).await?;
        matter.act(&station, "caseDispatch", json!({"target": {"accountId": worker}})).await?;
        matter.act(&town, "caseSupervise", at("RED")).await?;

        let read = matter.read(&town, TOLD).await?;
        assert_eq!(read["programme"]["supervision"], json!({"normal": 0, "yellow": 5, "red": 10}));
        assert_eq!(read["supervision"], json!({"level": "RED", "cost": 15}));
        let entries = read["timeline"]["nodes"].as_array().cloned().unwrap_or_default();
        let supervised: Vec<_> = entries.into_iter().filter(|entry| entry["act"] == "SUPERVISE").collect();
        let entry = |level: &str, cost: u32, assignee| {
            json!({"act": "SUPERVISE", "supervisionLevel": level, "supervisionCost": cost, "assignee": assignee})
        };
        let office = json!({"code": "150302101203"});
        let wanted = [
            entry("NORMAL", 0, office.clone()),
            entry("YELLOW", 5, office),
            entry("RED", 10, json!({"login": "xindi.worker"})),
        ];
        assert_eq!(supervised, wanted);
        Ok(())
    })
    .await
}
