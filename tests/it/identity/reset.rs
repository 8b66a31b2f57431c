//! The way back into a district whose administrators are locked out.

use fengqiao_api::demo::PASSWORD;
use fengqiao_domain::identity::IdentityError;
use fengqiao_tests::{Answered as _, Refused as _, Served, account_id, on_backends};
use serde_json::json;

use super::{GIVEN, change_given, shown, sign_in, try_refresh, try_sign_in};

const ACCOUNT: &str = "security.admin@150302";

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_password_lets_in_and_the_old_one_and_its_sessions_no_longer() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let tokens = sign_in(&served, ACCOUNT).await?;
        served.pass_seconds(1);
        let identity = &served.app.services.identity;
        identity.reset_password(served.world.platform(), ACCOUNT, GIVEN).await.done()?;
        assert_eq!(shown(&served, &tokens.access).await?.0, 401);
        assert_eq!(try_refresh(&served, &tokens.refresh).await?.user_error()?.0, "REFRESH_INVALID");
        let refused = try_sign_in(&served, ACCOUNT, PASSWORD).await?;
        assert_eq!(refused.user_error()?.0, "INVALID_CREDENTIALS");
        served.pass_seconds(1);
        change_given(&served, ACCOUNT, GIVEN).await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_is_active_again_and_one_without_a_password_has_one() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (identity, platform) = (&served.app.services.identity, served.world.platform());
        let system = served.sign_in("system.admin@150302").await?;
        let worker = json!({"accountId": account_id(&served.sign_in("xindi.worker@150302").await?).await?});
        system.mutate("accountDisable", "userErrors { code }", worker).await?.payload()?;
        let bare = json!({"login": "newcomer", "name": "张三"});
        system.mutate("accountCreate", "userErrors { code }", bare).await?.payload()?;
        for account in ["xindi.worker@150302", "newcomer@150302"] {
            identity.reset_password(platform, account, GIVEN).await.done()?;
            served.pass_seconds(1);
            change_given(&served, account, GIVEN).await?;
        }
        let audited = served
            .world
            .number("SELECT count(*) FROM audit_entries WHERE action = 'account.reset_password'")
            .await?;
        assert_eq!(audited, 2);
        let unknown = identity.reset_password(platform, "nobody@150302", GIVEN).await;
        assert_eq!(unknown.refused()?, [("account".to_owned(), IdentityError::NotFound)]);
        let short = identity.reset_password(platform, ACCOUNT, "short").await;
        assert_eq!(short.refused()?, [("password".to_owned(), IdentityError::TooShort { limit: 8 })]);
        Ok(())
    })
    .await
}
