//! How it ends: with its time, taken back, and with whatever ends the session at home.

use anyhow::{Context as _, ensure};
use fengqiao_api::demo::PASSWORD;
use fengqiao_tests::{Actor, Served, account_id, on_backends};
use serde_json::{Value, json};

use super::{DAY, GRANT, OVERSEER, at, came, given, here, home, is, is_in, overseer, signed_in};

/// Longer than anybody remembers who is asking.
const FORGETTING: i64 = 10;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_back_is_over_at_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (reader, grant) = overseer(&served).await?;
        ensure!(is_in(&reader).await?, "the overseer is in");
        let security = here(&served, "security.admin").await?;
        let revoke = json!({"oversightGrantId": grant["id"]});
        let other = here(&served, "district.command").await?;
        assert_eq!(other.mutate("oversightGrantRevoke", GRANT, revoke.clone()).await?.code(), "FORBIDDEN");
        let answer = security.mutate("oversightGrantRevoke", GRANT, revoke.clone()).await?;
        let revoked = &answer.payload()?["oversightGrant"];
        assert_eq!(
            (
                &revoked["state"],
                &revoked["revokedBy"]["login"],
                &revoked["account"]["state"],
                &revoked["account"]["roleGrants"]
            ),
            (&json!("REVOKED"), &json!("security.admin"), &json!("DISABLED"), &json!([]))
        );
        ensure!(!is_in(&reader).await?, "at once");
        let commander = home(&served, OVERSEER).await?;
        is(&came(&commander, &grant).await?, "NOT_FOUND", "oversightGrantId")?;
        let known = commander.run("{ overseenDistricts { districtCode } }", Value::Null).await?;
        assert_eq!(known.data("overseenDistricts")?, &json!([]));
        // Again it changes nothing, and another one's is none.
        let again = security.mutate("oversightGrantRevoke", GRANT, revoke.clone()).await?;
        assert_eq!(again.payload()?["oversightGrant"]["version"], revoked["version"]);
        let elsewhere = home(&served, "security.admin").await?;
        is(&elsewhere.mutate("oversightGrantRevoke", GRANT, revoke).await?, "NOT_FOUND", "oversightGrantId")
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_lasts_no_longer_than_its_time() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let commander = home(&served, OVERSEER).await?;
        let soon = json!({"untilAt": at(&served, 600)});
        let grant = given(&served, &commander, soon).await?.payload()?["oversightGrant"].clone();
        let answer = came(&commander, &grant).await?;
        let session = answer.payload()?["session"].clone();
        assert_eq!(session["sessionExpiresAt"], grant["untilAt"]);
        let reader = signed_in(&served, &answer)?;
        served.pass_seconds(599);
        ensure!(is_in(&reader).await?, "still");
        served.pass_seconds(1 + FORGETTING);
        ensure!(!is_in(&reader).await?, "no more");
        let refresh = json!({"refreshToken": session["refreshToken"]});
        let refreshed =
            served.anonymous().mutate("sessionRefresh", "userErrors { code path }", refresh).await?;
        assert_eq!(refreshed.user_error()?.0, "REFRESH_INVALID");
        is(&came(&home(&served, OVERSEER).await?, &grant).await?, "NOT_FOUND", "oversightGrantId")
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_ends_the_session_at_home_ends_it_here() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (system, security) =
            (home(&served, "system.admin").await?, home(&served, "security.admin").await?);
        for (by, mutation, input) in [
            (None, "sessionRevoke", json!({})),
            // In the same session, which goes on.
            (None, "passwordChange", json!({"password": PASSWORD, "newPassword": "Green herons wade 7"})),
            (Some(&security), "accountSignOut", Value::Null),
            (Some(&system), "accountDisable", Value::Null),
        ] {
            let commander = home(&served, OVERSEER).await?;
            let grant = given(&served, &commander, json!({})).await?.payload()?["oversightGrant"].clone();
            let answer = came(&commander, &grant).await?;
            let reader = signed_in(&served, &answer)?;
            ensure!(is_in(&reader).await?, "{mutation}: the overseer is in");
            served.pass_seconds(1);
            let named = json!({"accountId": account_id(&commander).await?});
            let (by, input): (&Actor, Value) = match by {
                Some(by) => (by, named),
                None => (&commander, input),
            };
            by.mutate(mutation, "userErrors { code path }", input).await?.payload().context(mutation)?;
            served.pass_seconds(FORGETTING);
            ensure!(!is_in(&reader).await?, "{mutation}: the overseer is still in");
            let refresh = json!({"refreshToken": answer.payload()?["session"]["refreshToken"]});
            let refreshed =
                served.anonymous().mutate("sessionRefresh", "userErrors { code path }", refresh).await?;
            assert_eq!(refreshed.user_error()?.0, "REFRESH_INVALID", "{mutation}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_on_as_long_as_the_session_at_home_and_is_refreshed() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let commander = home(&served, OVERSEER).await?;
        let grant = given(&served, &commander, json!({"untilAt": at(&served, DAY)})).await?.payload()?["oversightGrant"].clone();
        let answer = came(&commander, &grant).await?;
        let refresh = json!({"refreshToken": answer.payload()?["session"]["refreshToken"]});
        served.pass_seconds(600);
        let refreshed = served.anonymous().mutate("sessionRefresh", super::SESSION, refresh).await?;
        let reader = signed_in(&served, &refreshed)?;
        ensure!(super::cases(&reader).await? > 0, "cases");
        // They leave by themselves, and are out.
        reader.mutate("sessionRevoke", "userErrors { code path }", json!({})).await?.payload()?;
        ensure!(!is_in(&reader).await? && is_in(&commander).await?, "here, and not at home");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_oversees_waits_for_no_second_connection() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.database.connections = 1).await?;
        let commander = home(&served, OVERSEER).await?;
        let grant = given(&served, &commander, json!({})).await?.payload()?["oversightGrant"].clone();
        let answer = came(&commander, &grant).await?;
        let reader = signed_in(&served, &answer)?;
        for _ in 0..3 {
            served.pass_seconds(FORGETTING);
            let all = futures::future::try_join_all((0..4).map(|_| super::cases(&reader))).await?;
            ensure!(all.iter().all(|count| *count > 0), "{all:?}");
            // Nor whoever asks at home where they may go.
            let known = "{ viewer { account { login } } overseenDistricts { districtCode } }";
            let all =
                futures::future::try_join_all((0..4).map(|_| commander.run(known, Value::Null))).await?;
            for answer in all {
                assert_eq!(answer.data("overseenDistricts/0/districtCode")?, super::DISTRICT);
            }
        }
        let refresh = json!({"refreshToken": answer.payload()?["session"]["refreshToken"]});
        served.anonymous().mutate("sessionRefresh", super::SESSION, refresh).await?.payload()?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_session_at_home_the_account_is_nobody() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let (_, grant) = overseer(&served).await?;
        // On the word of whoever runs the machine.
        let login = grant["account"]["login"].as_str().context("a login")?;
        let nobody = here(&served, login).await?;
        let who = nobody.run("{ viewer { grants { role } permissions } cases { totalCount } }", Value::Null).await?;
        assert_eq!(who.body["data"], json!({"viewer": {"grants": [{"role": "OVERSEER"}], "permissions": []}, "cases": {"totalCount": 0}}));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_all_the_time_is_told_to_wait() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.auth.sign_in.account_burst = 5).await?;
        let (_, grant) = overseer(&served).await?;
        let commander = home(&served, OVERSEER).await?;
        let mut told = vec![];
        for _ in 0..6 {
            told.push(came(&commander, &grant).await?.code().to_owned());
        }
        ensure!(told.last().is_some_and(|code| code == "RATE_LIMITED"), "{told:?}");
        ensure!(told.first().is_some_and(String::is_empty), "{told:?}");
        Ok(())
    })
    .await
}
