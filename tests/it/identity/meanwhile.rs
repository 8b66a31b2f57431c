//! What happens to an account while somebody signs in to it counts.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_api::demo::PASSWORD;
use fengqiao_tests::{Answered as _, Backend, Pending, Served, account_id, on_backends};
use serde_json::json;

use super::telephone::{begun, confirm};
use super::{GIVEN, OWN, shown, sign_in, try_sign_in};

const ACCOUNT: &str = "xindi.worker@150302";
const TOUCHED: &str = "UPDATE accounts SET version = version WHERE login = 'xindi.worker'";
/// A password is looked at in less.
const A_WHILE: Duration = Duration::from_millis(500);

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_shut_out_while_a_password_is_looked_at_is_not_let_in() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (identity, platform) = (&served.app.services.identity, served.world.platform());
        identity.reset_password(platform, "xindi.station@150302", GIVEN).await.done()?;
        let now = served.world.db.now().micros();
        let signed_out = format!("UPDATE accounts SET sessions_from = {now} WHERE login = 'xindi.worker'");
        let of = |login: &str| format!("account_id = (SELECT id FROM accounts WHERE login = '{login}')");
        let (own, other) = (of("xindi.worker"), of("xindi.station"));
        let reset = format!(
            "{TOUCHED}; UPDATE credentials SET password_hash =
               (SELECT password_hash FROM credentials WHERE {other}) WHERE {own}"
        );
        // Everybody of the demo has the same.
        let back = format!(
            "UPDATE credentials SET password_hash =
               (SELECT password_hash FROM credentials WHERE {}) WHERE {own}",
            of("xindi.resident")
        );
        let disabled = "UPDATE accounts SET state = 'disabled' WHERE login = 'xindi.worker'".to_owned();
        for (number, sql) in (1..).zip([signed_out, reset, disabled]) {
            sign_in(&served, ACCOUNT).await?;
            let pending = Pending::begin(&served.world, &sql).await?;
            let over = async {
                tokio::time::sleep(A_WHILE).await;
                pending.commit().await
            };
            let (answer, ()) = tokio::try_join!(try_sign_in(&served, ACCOUNT, PASSWORD), over)?;
            assert_eq!(answer.user_error()?, ("INVALID_CREDENTIALS".to_owned(), String::new()), "{sql}");
            let audited = "SELECT count(*) FROM audit_entries WHERE action = 'session.refuse'";
            assert_eq!(served.world.number(audited).await?, number, "{sql}");
            served.world.run_sql(&back).await?;
            served.pass_seconds(1);
        }
        Ok(())
    })
    .await
}

/// Somebody signs in, and another session of theirs is opened while whoever ends them all waits for the account: none is left.
async fn ends_what_was_opened(
    served: &Served,
    ending: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<()> {
    served.pass_seconds(1);
    let tokens = sign_in(served, ACCOUNT).await?;
    let mut pending = Pending::begin(&served.world, TOUCHED).await?;
    let over = async {
        tokio::time::sleep(A_WHILE).await;
        served.pass_seconds(2);
        let opened = served.world.db.now().micros() - 1_000_000;
        let theirs = "account_id = (SELECT id FROM accounts WHERE login = 'xindi.worker')";
        pending.run(&format!("UPDATE sessions SET created_at = {opened} WHERE {theirs}")).await?;
        pending.commit().await
    };
    tokio::try_join!(ending, over)?;
    ensure!(shown(served, &tokens.access).await?.0 == 401);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_ends_sessions_ends_what_was_opened_while_they_waited() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let security = served.sign_in("security.admin@150302").await?;
        let input = json!({"accountId": account_id(&served.sign_in(ACCOUNT).await?).await?});
        let (identity, platform) = (&served.app.services.identity, served.world.platform());
        let sign_out = async {
            let done = security.mutate("accountSignOut", "userErrors { code }", input).await?;
            done.payload().map(drop)
        };
        Box::pin(ends_what_was_opened(&served, sign_out)).await.context("signed out")?;
        let reset = async { identity.reset_password(platform, ACCOUNT, GIVEN).await.done() };
        Box::pin(ends_what_was_opened(&served, reset)).await.context("reset")
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_ends_a_second_factor_ends_what_was_opened_while_they_waited() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let security = served.sign_in("security.admin@150302").await?;
        let input = json!({"accountId": account_id(&served.sign_in(ACCOUNT).await?).await?});
        let reset = async {
            let done = security.mutate("accountResetSecondFactor", "userErrors { code }", input).await?;
            done.payload().map(drop)
        };
        Box::pin(ends_what_was_opened(&served, reset)).await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_shut_out_while_they_change_it_keeps_the_old_one() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (identity, platform) = (&served.app.services.identity, served.world.platform());
        identity.reset_password(platform, "xindi.station@150302", GIVEN).await.done()?;
        let own = "account_id = (SELECT id FROM accounts WHERE login = 'xindi.worker')";
        let set = format!(
            "{TOUCHED}; UPDATE credentials SET password_hash = (SELECT password_hash FROM credentials
               WHERE account_id = (SELECT id FROM accounts WHERE login = 'xindi.station')) WHERE {own}"
        );
        let ended = format!("{TOUCHED}; UPDATE sessions SET revoked_at = created_at WHERE {own}");
        for (sql, told) in [(ended, "FORBIDDEN"), (set, "INVALID_CREDENTIALS")] {
            let actor = served.bearer(ACCOUNT, &sign_in(&served, ACCOUNT).await?.access);
            let pending = Pending::begin(&served.world, &sql).await?;
            let over = async {
                tokio::time::sleep(A_WHILE).await;
                pending.commit().await
            };
            let input = json!({"password": PASSWORD, "newPassword": OWN});
            let change = actor.mutate("passwordChange", "isChanged userErrors { code path }", input);
            let (answer, ()) = tokio::try_join!(change, over)?;
            let code =
                if answer.code().is_empty() { answer.user_error()?.0 } else { answer.code().to_owned() };
            assert_eq!(code, told, "{sql}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_busy_with_something_long_signs_in_beside_it() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        let served = Served::demo(backend).await?;
        // As whatever they write does that names them.
        let named = "SELECT 1 FROM accounts WHERE login = 'xindi.worker' FOR KEY SHARE";
        let pending = Pending::begin(&served.world, named).await?;
        tokio::time::timeout(Duration::from_secs(10), sign_in(&served, ACCOUNT)).await??;
        pending.commit().await
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_shut_out_while_they_confirm_a_second_factor_has_none() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let own = "account_id = (SELECT id FROM accounts WHERE login = 'xindi.worker')";
        let ended = format!("{TOUCHED}; UPDATE sessions SET revoked_at = created_at WHERE {own}");
        let actor = served.bearer(ACCOUNT, &sign_in(&served, ACCOUNT).await?.access);
        let telephone = begun(&actor).await?;
        let pending = Pending::begin(&served.world, &ended).await?;
        let over = async {
            tokio::time::sleep(A_WHILE).await;
            pending.commit().await
        };
        let code = telephone.code(&served, 0);
        let (answer, ()) = tokio::try_join!(confirm(&actor, &code), over)?;
        assert_eq!(answer.code(), "FORBIDDEN", "{}", answer.body);
        sign_in(&served, ACCOUNT).await?;
        Ok(())
    })
    .await
}
