//! No change without its entry (requirement P6): what cannot leave an entry in the trail is not done, and nothing is left of it.

use fengqiao_tests::{Matter, Places, Served, on_backends};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn what_can_leave_no_entry_is_not_done() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?.rehearsing().await?;
        let system = served.sign_in("system.admin@150302").await?;
        let input = json!({"code": "new", "name": "新单位", "kind": "police"});
        system.mutate("organisationCreate", "organisation { id } userErrors { code }", input).await?.payload()?;
        let worker = served.sign_in("xindi.worker@150302").await?;
        let mut matter = Matter::report(&worker, "150302101203001", "1105").await?;
        matter.act(&worker, "caseComment", json!({"audience": "STAFF", "text": "已联系"})).await?;
        let town = Places::of(&system).unit("150302101").await?;
        let village = json!({"parentId": town, "code": "150302101299", "codeSystem": "NBS", "codeYear": 2026, "name": "新村",
            "state": "PLANNED"});
        let answer = system.mutate("unitCreate", "unit { id version } userErrors { code path }", village).await?;
        let unit = answer.payload()?["unit"].clone();
        let renamed = json!({"unitId": unit["id"], "expectedVersion": unit["version"], "name": "新新村", "sinceOn": "2026-11-22"});
        system.mutate("unitRename", "userErrors { code path }", renamed).await?.payload()?;
        let platform = served.sign_in("platform@000000").await?;
        let tenant = json!({"code": "150399", "name": "新区"});
        platform.mutate("tenantCreate", "userErrors { code path }", tenant).await?.payload()?;
        Ok(())
    })
    .await
}
