//! A webhook sees with the eyes of its owner, as they are when it is told.

use anyhow::Context as _;
use fengqiao_domain::webhooks::Round;
use fengqiao_tests::{Actor, account_id, on_backends};
use serde_json::{Value, json};

use super::receiver::reply;
use super::{Desk, Hook, at_home};

async fn state(desk: &Desk, by: &Actor, hook: &Hook) -> anyhow::Result<Value> {
    desk.read(by, hook, "state disabledFor").await
}

/// Takes the roles of somebody, but for those that are kept.
async fn revoke(desk: &Desk, login: &str, kept: &str) -> anyhow::Result<()> {
    let security = desk.person("security.admin").await?;
    let account = account_id(&desk.person(login).await?).await?;
    let document = "query($id: ID!) { account(id: $id) { roleGrants { id role } } }";
    let answer = security.run(document, json!({"id": account})).await?;
    let grants = answer.data("account/roleGrants")?.as_array().context("grants")?.clone();
    for grant in grants.iter().filter(|grant| grant["role"] != kept) {
        let input = json!({"roleGrantId": grant["id"]});
        security.mutate("roleGrantRevoke", "userErrors { code path }", input).await?.payload()?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_told_what_its_owner_sees_and_nothing_else() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open_with(backend, at_home).await?;
        // One who sees it, one of another town, and one of another district.
        let station = desk.integrator("xindi.station").await?;
        let seeing = desk.hook(&station, json!({})).await?;
        let binhe = desk.integrator("binhe.dispatch").await?;
        let blind = desk.hook(&binhe, json!({"url": desk.receiver.url("/blind")})).await?;
        let foreigner = desk.served.sign_in("hotline.api@320804").await?;
        let foreign = desk.hook(&foreigner, json!({"url": desk.receiver.url("/foreign")})).await?;
        desk.report().await?;
        assert_eq!(desk.round().await?, Round { enqueued: 1, attempts: 1 });
        for (by, hook, count) in [(&station, &seeing, 1), (&binhe, &blind, 0), (&foreigner, &foreign, 0)] {
            assert_eq!(desk.deliveries(by, hook, "id").await?.len(), count, "{}", by.account());
        }
        assert_eq!(desk.receiver.came().len(), 1);
        // The hotline is told of what it reported itself, by its access.
        let hotline = desk.person("hotline.api").await?;
        let own = desk.hook(&hotline, json!({"url": desk.receiver.url("/own")})).await?;
        fengqiao_tests::Matter::report(&hotline, super::GRID, super::CATEGORY).await?;
        assert_eq!(desk.round().await?, Round { enqueued: 2, attempts: 2 });
        assert_eq!(desk.deliveries(&hotline, &own, "id").await?.len(), 1);
        // Nobody of another tenant, and nobody without the right to have any, reads it.
        for by in [&foreigner, &desk.person("district.command").await?] {
            assert_eq!(desk.read(by, &own, "id").await?, Value::Null, "{}", by.account());
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_its_owner_may_not_see_any_more_is_withheld() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        let hook = desk.hook(&station, json!({})).await?;
        desk.report().await?;
        desk.receiver.answers([reply(500)]);
        assert_eq!(desk.round().await?, Round { enqueued: 1, attempts: 1 });
        revoke(&desk, "xindi.station", "API_CLIENT").await?;
        desk.served.pass_seconds(60);
        desk.report().await?;
        assert_eq!(desk.round().await?, Round::default());
        assert_eq!(desk.receiver.came().len(), 1);
        let owner = desk.person("xindi.station").await?;
        let deliveries = desk.deliveries(&owner, &hook, "state case { id } nextAttemptAt").await?;
        assert_eq!(deliveries, [json!({"state": "WITHHELD", "case": null, "nextAttemptAt": null})]);
        assert_eq!(state(&desk, &owner, &hook).await?, json!({"state": "ENABLED", "disabledFor": null}));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_who_may_have_none_any_more_is_told_nothing() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let station = desk.integrator("xindi.station").await?;
        let hook = desk.hook(&station, json!({})).await?;
        let resident = desk.integrator("xindi.resident").await?;
        let waiting = desk.hook(&resident, json!({"url": desk.receiver.url("/waiting")})).await?;
        revoke(&desk, "xindi.station", "STATION_CHIEF").await?;
        desk.receiver.always(reply(500));
        desk.report().await?;
        // The resident sees what they reported; the station does, and may have no webhook.
        assert_eq!(desk.round().await?, Round { enqueued: 1, attempts: 1 });
        let system = desk.person("system.admin").await?;
        let disabled = json!({"state": "DISABLED", "disabledFor": "OWNER_NOT_PERMITTED"});
        assert_eq!(state(&desk, &system, &hook).await?, disabled);
        // What waits already is not sent to somebody who was disabled meanwhile.
        let input = json!({"accountId": account_id(&resident).await?});
        system.mutate("accountDisable", "userErrors { code path }", input).await?.payload()?;
        desk.served.pass_seconds(60);
        assert_eq!(desk.round().await?, Round::default());
        assert_eq!(state(&desk, &system, &waiting).await?, disabled);
        let audits =
            "SELECT count(*) FROM audit_entries WHERE action = 'webhook.disable' AND account_id IS NULL";
        assert_eq!(desk.served.world.number(audits).await?, 2);
        assert_eq!(desk.receiver.came().len(), 1);
        Ok(())
    })
    .await
}
