//! Linking somebody else's word to an account, and what it never stands for.

use anyhow::{Context as _, ensure};
use fengqiao_api::demo::PASSWORD;
use fengqiao_tests::{account_id, on_backends};
use serde_json::json;

use super::registering::{register, village};
use super::wechat_fake::APP;
use super::{LINKED, Town, is, link};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_links_themselves_without_the_password() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        let worker = town.signed_in("xindi.worker").await?;
        let proof = json!({"wechat": {"app": APP, "code": town.wechat.login("open-thief")}});
        is(&link(&worker, "not the password", proof).await?, "INVALID_CREDENTIALS", "password")?;
        is(&town.come(&town.wechat.login("open-thief")).await?, "NOT_LINKED", "")?;
        let answer = town
            .served
            .anonymous()
            .mutate(
                "externalIdentityCreate",
                LINKED,
                json!({"password": "x", "proof": {"wechat": {"app": APP, "code": "x"}}}),
            )
            .await?;
        assert_eq!(answer.code(), "UNAUTHENTICATED", "{}", answer.body);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_changes_meanwhile_links_nobody() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        let worker = town.signed_in("xindi.worker").await?;
        let (before, gate) = (town.wechat.come(), town.wechat.hold().await);
        let change = async {
            town.wechat.wait_for_more_than(before).await?;
            let input = json!({"password": PASSWORD, "newPassword": "Green herons wade 7"});
            let changed = worker.mutate("passwordChange", "userErrors { code path }", input).await;
            drop(gate);
            changed
        };
        let (linked, changed) = futures::join!(town.link(&worker, "open-late"), change);
        changed?.payload()?;
        is(&linked?, "INVALID_CREDENTIALS", "password")?;
        is(&town.come(&town.wechat.login("open-late")).await?, "NOT_LINKED", "")
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_one_account_and_an_account_is_somebody_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        let worker = town.linked("xindi.worker", "open-one").await?;
        let other = town.signed_in("xindi.volunteer").await?;
        is(&town.link(&other, "open-one").await?, "ALREADY_LINKED", "")?;
        is(&town.link(&worker, "open-two").await?, "ALREADY_LINKED", "")?;
        // Another one's is not found, one's own is taken away, and both are free again.
        let own = worker.run("{ externalIdentities { id } }", json!({})).await?;
        let id = own.data("externalIdentities/0/id")?.clone();
        let remove = json!({"externalIdentityId": id});
        is(
            &other.mutate("externalIdentityRemove", LINKED, remove.clone()).await?,
            "NOT_FOUND",
            "externalIdentityId",
        )?;
        worker.mutate("externalIdentityRemove", LINKED, remove.clone()).await?.payload()?;
        is(
            &worker.mutate("externalIdentityRemove", LINKED, remove).await?,
            "NOT_FOUND",
            "externalIdentityId",
        )?;
        is(&town.come(&town.wechat.login("open-one")).await?, "NOT_LINKED", "")?;
        town.link(&other, "open-one").await?.payload()?;
        town.link(&worker, "open-two").await?.payload()?;
        assert_eq!(
            town.login_of(&town.come(&town.wechat.login("open-one")).await?).await?,
            "xindi.volunteer"
        );
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_providers_word_makes_no_administrator() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        let administrator = town.signed_in("system.admin").await?;
        is(&town.link(&administrator, "open-system").await?, "PASSWORD_REQUIRED", "")?;
        let program = town.signed_in("hotline.api").await?;
        is(&town.link(&program, "open-program").await?, "PASSWORD_REQUIRED", "")?;
        // Nor does it stand for one who became it afterwards.
        let volunteer = town.linked("xindi.volunteer", "open-volunteer").await?;
        let security = town.served.sign_in("security.admin@150302").await?;
        let unit = security.run("{ unitByCode(code: \"150302\") { id } }", json!({})).await?;
        let input = json!({"accountId": account_id(&volunteer).await?, "role": "AUDITOR", "target": {"unitId": unit.data("unitByCode/id")?}});
        security.mutate("roleGrantCreate", "userErrors { code path }", input).await?.payload()?;
        is(&town.come(&town.wechat.login("open-volunteer")).await?, "PASSWORD_REQUIRED", "")?;
        let trail = town.served.world.rows("audit_entries").await?.join("\n");
        ensure!(trail.contains("session.refuse"), "{trail}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_shut_out_is_known_to_nobody() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        let security = town.served.sign_in("security.admin@150302").await?;
        // Another password, all sessions ended, a password of one's own: whoever linked themselves before is out.
        for (login, mutation) in
            [("xindi.worker", "accountResetPassword"), ("xindi.volunteer", "accountSignOut")]
        {
            let open_id = format!("open-{login}");
            let account = account_id(&town.linked(login, &open_id).await?).await?;
            security
                .mutate(mutation, "userErrors { code path }", json!({"accountId": account}))
                .await?
                .payload()?;
            is(&town.come(&town.wechat.login(&open_id)).await?, "NOT_LINKED", "").context(mutation)?;
        }
        let mediator = town.linked("xindi.mediator", "open-mediator").await?;
        let input = json!({"password": PASSWORD, "newPassword": "Green herons wade 7"});
        mediator.mutate("passwordChange", "userErrors { code path }", input).await?.payload()?;
        is(&town.come(&town.wechat.login("open-mediator")).await?, "NOT_LINKED", "")?;
        let live = "SELECT count(*) FROM external_identities WHERE live_slot = 1";
        ensure!(town.served.world.number(live).await? == 0, "they are linked no more");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_disabled_comes_back_by_no_other_account() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let town = Town::open(backend).await?;
        let resident = town.linked("xindi.resident", "open-resident").await?;
        let system = town.served.sign_in("system.admin@150302").await?;
        let security = town.served.sign_in("security.admin@150302").await?;
        let input = json!({"accountId": account_id(&resident).await?});
        // Signed out first, as is usual: the link is gone, and who it was is known.
        security.mutate("accountSignOut", "userErrors { code path }", input.clone()).await?.payload()?;
        system.mutate("accountDisable", "userErrors { code path }", input).await?.payload()?;
        is(&town.come(&town.wechat.login("open-resident")).await?, "NOT_LINKED", "")?;
        let codes = (town.wechat.login("open-resident"), town.wechat.number("13912345678"));
        let home = village(&town).await?;
        is(&register(&town, &home, (&codes.0, &codes.1)).await?, "ALREADY_LINKED", "")
    })
    .await
}
