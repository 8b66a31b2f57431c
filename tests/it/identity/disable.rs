//! A disabled account is out at once; who may disable whom.

use fengqiao_tests::{Served, account_id, on_backends};
use serde_json::json;

use super::{shown, sign_in, try_refresh, try_sign_in};

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
        let own = json!({"accountId": id("xindi.worker@150302").await?});
        town.mutate("accountDisable", PAYLOAD, own.clone()).await?.payload()?;
        let station = served.sign_in("xindi.station@150302").await?;
        assert_eq!(station.mutate("accountDisable", PAYLOAD, own).await?.code(), "FORBIDDEN");
        Ok(())
    })
    .await
}
