//! What becomes of a second factor whose telephone was lost, or that nobody wants any more.

use fengqiao_api::demo::PASSWORD;
use fengqiao_tests::{Answered as _, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::telephone::{confirm, enrolled, outcome, seen};
use super::{GIVEN, OWN, change_given, shown, sign_in};

const ACCOUNT: &str = "district.command@150302";
const REMOVE: &str = "isRemoved userErrors { code path message }";
const RESET: &str = "account { login state } userErrors { code path message }";

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_counts_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let actor = served.sign_in(ACCOUNT).await?;
        let (_, codes) = enrolled(&served, &actor).await?;
        let typed = codes[0].replace('-', " ").to_lowercase();
        assert_eq!(outcome(&served, ACCOUNT, (Some(&typed), None)).await?, "OK", "as people type it");
        assert_eq!(outcome(&served, ACCOUNT, (Some(&codes[0]), None)).await?, "INVALID_CODE");
        assert_eq!(seen(&actor).await?["recoveryCodesLeft"], 9);
        let tries = (0..3).map(|_| outcome(&served, ACCOUNT, (Some(&codes[9]), None)));
        let told = futures::future::try_join_all(tries).await?;
        assert_eq!(told.iter().filter(|told| *told == "OK").count(), 1, "{told:?}");
        assert_eq!(seen(&actor).await?["recoveryCodesLeft"], 8);
        // Of another account they are nothing, nor of a second factor that came after.
        let other = served.sign_in("xindi.worker@150302").await?;
        let (_, theirs) = enrolled(&served, &other).await?;
        let foreign = outcome(&served, "xindi.worker@150302", (Some(&codes[1]), None)).await?;
        assert_eq!(foreign, "INVALID_CODE");
        let remove = json!({"password": PASSWORD, "code": theirs[0]});
        other.mutate("secondFactorRemove", REMOVE, remove).await?.payload()?;
        enrolled(&served, &other).await?;
        let former = outcome(&served, "xindi.worker@150302", (Some(&theirs[1]), None)).await?;
        assert_eq!(former, "INVALID_CODE");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_password_and_code_removes_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let actor = served.sign_in(ACCOUNT).await?;
        let remove = async |password: &str, code: &str| {
            actor.mutate("secondFactorRemove", REMOVE, json!({"password": password, "code": code})).await
        };
        assert_eq!(remove(PASSWORD, "123456").await?.user_error()?.0, "NOT_FOUND");
        let (telephone, _) = enrolled(&served, &actor).await?;
        let right = telephone.code(&served, 0);
        let refused = remove("not mine", &right).await?.user_error()?;
        assert_eq!(refused, ("INVALID_CREDENTIALS".to_owned(), "password".to_owned()));
        let refused = remove(PASSWORD, &telephone.wrong(&served)).await?.user_error()?;
        assert_eq!(refused, ("INVALID_CODE".to_owned(), "code".to_owned()));
        assert_eq!(remove(PASSWORD, &right).await?.payload()?["isRemoved"], true);
        assert_eq!(outcome(&served, ACCOUNT, (None, None)).await?, "OK");
        served.pass_seconds(60);
        let confirmed = confirm(&actor, &telephone.code(&served, 0)).await?;
        assert_eq!(confirmed.user_error()?.0, "NOT_FOUND", "what was removed is gone");
        // Whoever found a telephone that is signed in does not guess what removes it.
        enrolled(&served, &actor).await?;
        for refusal in ["INVALID_CREDENTIALS"; 3].into_iter().chain(["RATE_LIMITED"]) {
            let answer = remove("guessed", "123456").await?;
            let told =
                if answer.code().is_empty() { answer.user_error()?.0 } else { answer.code().to_owned() };
            assert_eq!(told, refusal);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_security_administrator_ends_a_lost_one_and_nobody_else_does() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let security = served.sign_in("security.admin@150302").await?;
        let commander = served.bearer(ACCOUNT, &sign_in(&served, ACCOUNT).await?.access);
        let (telephone, _) = enrolled(&served, &commander).await?;
        let input = json!({"accountId": account_id(&commander).await?});
        for other in ["system.admin@150302", "audit.admin@150302", ACCOUNT, "xindi.worker@150302"] {
            let refused = served.sign_in(other).await?;
            let refused = refused.mutate("accountResetSecondFactor", RESET, input.clone()).await?;
            assert_eq!(refused.code(), "FORBIDDEN", "{other}");
        }
        let town = served.sign_in("qianlishan.admin@150302").await?;
        let refused = town.mutate("accountResetSecondFactor", RESET, input.clone()).await?;
        assert_eq!(refused.user_error()?, ("NOT_PERMITTED".to_owned(), "accountId".to_owned()));
        assert_eq!(seen(&commander).await?["state"], "IN_FORCE");
        let done = security.mutate("accountResetSecondFactor", RESET, input).await?;
        assert_eq!(done.payload()?["account"]["login"], "district.command");
        let token = commander.token().unwrap_or_default();
        assert_eq!(shown(&served, token).await?.0, 401, "its sessions end");
        served.pass_seconds(1);
        let again = served.bearer(ACCOUNT, &sign_in(&served, ACCOUNT).await?.access);
        assert_eq!(seen(&again).await?["state"], "ABSENT");
        assert_eq!(seen(&again).await?["recoveryCodesLeft"], 0);
        // What is left of it opens nothing, nor does it come back; another one is begun.
        let confirmed = confirm(&again, &telephone.code(&served, 0)).await?;
        assert_eq!(confirmed.user_error()?.0, "NOT_FOUND");
        let (newer, _) = enrolled(&served, &again).await?;
        let old = telephone.code(&served, 0);
        assert_ne!(old, newer.code(&served, 0));
        assert_eq!(outcome(&served, ACCOUNT, (Some(&old), None)).await?, "INVALID_CODE");
        // Not their own: a stolen session would do without the code.
        enrolled(&served, &security).await?;
        let own = json!({"accountId": account_id(&security).await?});
        let refused = security.mutate("accountResetSecondFactor", RESET, own).await?;
        assert_eq!(refused.user_error()?, ("NOT_PERMITTED".to_owned(), "accountId".to_owned()));
        let audited = "SELECT count(*) FROM audit_entries WHERE action = 'account.reset_second_factor'";
        assert_eq!(served.world.number(audited).await?, 1);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_runs_the_machine_lets_in_who_lost_everything() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let security = served.sign_in("security.admin@150302").await?;
        enrolled(&served, &security).await?;
        let identity = &served.app.services.identity;
        let platform = served.world.platform();
        identity.reset_password(platform, security.account(), GIVEN).await.done()?;
        served.pass_seconds(1);
        let changed = change_given(&served, security.account(), GIVEN).await?;
        assert_eq!(shown(&served, &changed.access).await?.0, 200);
        let closed = security.run("{ viewer { permissions } }", Value::Null).await?;
        assert_eq!(closed.status, 401);
        let actor = served.sign_in(security.account()).await?;
        let begin = "newSecondFactor { secret } userErrors { code path message }";
        actor.mutate("secondFactorBegin", begin, json!({"password": OWN})).await?.payload()?;
        assert_eq!(seen(&actor).await?["state"], "BEGUN");
        Ok(())
    })
    .await
}
