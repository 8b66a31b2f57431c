//! A disabled account is out at once; who may disable whom.

use fengqiao_tests::{Actor, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{shown, sign_in, try_refresh, try_sign_in};

/// The one unit that somebody's grants name.
async fn village_of(served: &Served, account: &str) -> anyhow::Result<String> {
    let viewer = served.sign_in(account).await?.run("{ viewer { units { id } } }", Value::Null).await?;
    Ok(viewer.data("viewer/units/0/id")?.as_str().unwrap_or_default().to_owned())
}

async fn made(system: &Actor, login: &str) -> anyhow::Result<String> {
    let input = json!({"login": login, "name": "演示·新人", "password": "演示之用 Long enough"});
    let answer = system.mutate("accountCreate", "account { id } userErrors { code path }", input).await?;
    Ok(answer.payload()?["account"]["id"].as_str().unwrap_or_default().to_owned())
}

const PAYLOAD: &str = "account { state } userErrors { code path }";

#[tokio::test(flavor = "multi_thread")]
async fn its_tokens_and_its_password_are_refused_at_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let tokens = sign_in(&served, "xindi.worker@150302").await?;
        let worker = served.bearer("xindi.worker@150302", &tokens.access);
        let input = json!({"accountId": account_id(&worker).await?});
        let admin = served.sign_in("system.admin@150302").await?;
        let answer = admin.mutate("accountDisable", PAYLOAD, input.clone()).await?;
        assert_eq!(answer.payload()?["account"]["state"], "DISABLED");
        assert_eq!(shown(&served, &tokens.access).await?.0, 401);
        assert_eq!(try_refresh(&served, &tokens.refresh).await?.user_error()?.0, "REFRESH_INVALID");
        let refused = try_sign_in(&served, "xindi.worker@150302", fengqiao_api::demo::PASSWORD).await?;
        assert_eq!(refused.user_error()?.0, "INVALID_CREDENTIALS");
        assert_eq!(
            admin.mutate("accountDisable", PAYLOAD, input).await?.payload()?["account"]["state"],
            "DISABLED"
        );
        // The same login in another district is another account.
        assert!(served.sign_in("district.command@320804").await.is_ok());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_disables_within_the_own_territory_and_never_themselves() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let id = async |login: &str| account_id(&served.sign_in(login).await?).await;
        let cases = [
            (id("bailou.worker@150302").await?, "NOT_PERMITTED"),
            (id("district.command@150302").await?, "NOT_PERMITTED"),
            (id("qianlishan.admin@150302").await?, "NOT_PERMITTED"),
            (id("luhua.worker@320804").await?, "NOT_FOUND"),
        ];
        for (account, code) in cases {
            let answer = town.mutate("accountDisable", PAYLOAD, json!({"accountId": account})).await?;
            assert_eq!(answer.user_error()?, (code.to_owned(), "accountId".to_owned()));
        }
        // A post to come counts like one that is held; whoever holds nothing is the district's concern.
        let system = served.sign_in("system.admin@150302").await?;
        let security = served.sign_in("security.admin@150302").await?;
        let newcomer = made(&system, "newcomer").await?;
        let answer = town.mutate("accountDisable", PAYLOAD, json!({"accountId": newcomer})).await?;
        assert_eq!(answer.user_error()?.0, "NOT_PERMITTED");
        let bailou = village_of(&served, "bailou.station@150302").await?;
        let input = json!({"accountId": newcomer, "role": "STATION_CHIEF", "sinceAt": "2027-01-01T00:00:00Z",
            "target": {"unitId": bailou}});
        security
            .mutate("roleGrantCreate", "roleGrant { id } userErrors { code path }", input)
            .await?
            .payload()?;
        let answer = town.mutate("accountDisable", PAYLOAD, json!({"accountId": newcomer})).await?;
        assert_eq!(answer.user_error()?.0, "NOT_PERMITTED");
        system.mutate("accountDisable", PAYLOAD, json!({"accountId": newcomer})).await?.payload()?;
        let own = json!({"accountId": id("xindi.worker@150302").await?});
        town.mutate("accountDisable", PAYLOAD, own.clone()).await?.payload()?;
        let station = served.sign_in("xindi.station@150302").await?;
        assert_eq!(station.mutate("accountDisable", PAYLOAD, own).await?.code(), "FORBIDDEN");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_separated_administrator_is_not_shut_out_by_another() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let system = served.sign_in("system.admin@150302").await?;
        let security = served.sign_in("security.admin@150302").await?;
        let audit = json!({"accountId": account_id(&served.sign_in("audit.admin@150302").await?).await?});
        for account in [json!({"accountId": account_id(&security).await?}), audit.clone()] {
            let answer = system.mutate("accountDisable", PAYLOAD, account).await?;
            assert_eq!(answer.user_error()?, ("NOT_PERMITTED".to_owned(), "accountId".to_owned()));
        }
        // Two of them together can: one takes the role, the other one the account.
        let document = "query($id: ID!) { account(id: $id) { roleGrants { id } } }";
        let read = security.run(document, json!({"id": audit["accountId"]})).await?;
        let grant = json!({"roleGrantId": read.data("account/roleGrants/0/id")?});
        security.mutate("roleGrantRevoke", "userErrors { code }", grant).await?.payload()?;
        system.mutate("accountDisable", PAYLOAD, audit).await?.payload()?;
        Ok(())
    })
    .await
}
