//! Whose accounts are tied to people of the force.

use anyhow::Context as _;
use fengqiao_tests::{account_id, on_backends};
use serde_json::json;

use super::{Desk, refused};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_ties_an_account_that_holds_something_beyond_their_roster() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let later = account_id(&desk.account("t-later").await?).await?;
        let bailou =
            desk.person("bailou.station").await?.run("{ viewer { units { id } } }", json!({})).await?;
        let input = json!({"accountId": later, "role": "STATION_CHIEF", "sinceAt": "2027-01-01T00:00:00Z",
            "target": {"unitId": bailou.data("viewer/units/0/id")?}});
        desk.security.mutate("roleGrantCreate", "userErrors { code path }", input).await?.payload()?;
        let member = desk.member("T-1", json!({})).await?;
        let id = async |login: &str| account_id(&desk.person(login).await?).await;
        for login in ["district.command", "system.admin", "bailou.worker", "t-later"] {
            let account = json!({"accountId": id(login).await?});
            let made = desk.register(&desk.town, "T-2", account.clone()).await?;
            assert_eq!(made.user_error()?, refused("NOT_FOUND", "accountId"), "{login}");
            let linked = desk.update(&desk.town, &member, 1, account).await?;
            assert_eq!(linked.user_error()?, refused("NOT_FOUND", "accountId"), "{login}");
        }
        let own = json!({"accountId": id("xindi.resident").await?});
        desk.update(&desk.town, &member, 1, own).await?.payload().context("who lives in the town")?;
        desk.register(&desk.system, "T-2", json!({"accountId": later})).await?.payload()?;
        Ok(())
    })
    .await
}
