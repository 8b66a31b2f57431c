//! A programme says who may do an act: by which role, at which level, for which organisation.

use fengqiao_tests::{Matter, Places, Served, account_id, on_backends};
use serde_json::json;

use super::{CATEGORY, Drafted, GRID, grid_event, person};

#[tokio::test(flavor = "multi_thread")]
async fn an_act_can_be_for_a_role_at_a_level_or_for_an_organisation() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        let file = grid_event(&[
            ("act = \"verify\"", "act = \"verify\"\nroles = [\"town_dispatcher\"]"),
            ("act = \"close\"", "act = \"close\"\ntiers = [\"district\"]"),
            ("act = \"start\"", "act = \"start\"\norganisations = [\"justice-01\"]"),
        ]);
        Drafted::new(&admin, &file).await?.publish(&admin).await?;
        let (station, worker) =
            (person(&served, "xindi.station").await?, person(&served, "xindi.worker").await?);
        let mut matter = Matter::report(&person(&served, "xindi.resident").await?, GRID, CATEGORY).await?;
        matter.act(&station, "caseAccept", json!({})).await?;
        let to_worker = json!({"target": {"accountId": account_id(&worker).await?}});
        matter.act(&station, "caseDispatch", to_worker).await?;
        let refused = matter.try_act(&worker, "caseStart", json!({})).await?;
        assert_eq!(refused.user_error()?, ("NOT_PERMITTED".to_owned(), "caseId".to_owned()));
        assert!(!matter.actions(&worker).await?.contains(&"START".to_owned()));

        let justice = Places::of(&station).organisation("justice-01").await?;
        let town = person(&served, "qianlishan.dispatch").await?;
        matter.act(&town, "caseDispatch", json!({"target": {"organisationId": justice}})).await?;
        let handler = person(&served, "justice.handler").await?;
        matter.act(&handler, "caseStart", json!({})).await?;
        matter.act(&handler, "caseComplete", json!({"result": "已调解"})).await?;

        let commander = person(&served, "district.command").await?;
        let refused = matter.try_act(&commander, "caseVerify", json!({})).await?;
        assert_eq!(refused.user_error()?.0, "NOT_PERMITTED", "the rule names another role");
        matter.act(&town, "caseVerify", json!({})).await?;
        let refused = matter.try_act(&town, "caseClose", json!({})).await?;
        assert_eq!(refused.user_error()?.0, "NOT_PERMITTED", "the rule names another level");
        assert_eq!(matter.act(&commander, "caseClose", json!({})).await?, "CLOSED");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_system_administrator_alone_drafts_and_publishes() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let admin = person(&served, "system.admin").await?;
        let drafted = Drafted::new(&admin, &grid_event(&[])).await?;
        let mut active = drafted.seen();
        active["isActive"] = json!(false);
        for login in ["district.command", "qianlishan.admin", "xindi.station", "security.admin"] {
            let somebody = person(&served, login).await?;
            for (field, input) in [
                ("programmeDraft", json!({"source": {"templateKey": "grid_event"}})),
                ("programmePublish", drafted.seen()),
                ("programmeUpdate", active.clone()),
            ] {
                let answer = somebody.mutate(field, "userErrors { code }", input).await?;
                assert_eq!(answer.code(), "FORBIDDEN", "{login} {field}");
            }
        }
        Ok(())
    })
    .await
}

/// A town's dispatcher who is a grid's chief besides accepts, where the town alone may, for the town.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_acts_by_one_of_two_posts_takes_the_case_to_that_one() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let file = grid_event(&[("act = \"accept\"", "act = \"accept\"\ntiers = [\"town\"]")]);
        Drafted::new(&person(&served, "system.admin").await?, &file)
            .await?
            .publish(&person(&served, "system.admin").await?)
            .await?;
        let town = person(&served, "qianlishan.dispatch").await?;
        let security = person(&served, "security.admin").await?;
        let grant = json!({
            "accountId": account_id(&town).await?, "role": "GRID_CHIEF",
            "target": {"gridId": Places::of(&town).grid(GRID).await?},
        });
        security.mutate("roleGrantCreate", "userErrors { code message }", grant).await?.payload()?;
        let mut matter = Matter::report(&person(&served, "xindi.resident").await?, GRID, CATEGORY).await?;
        let station = person(&served, "xindi.station").await?;
        let refused = matter.try_act(&station, "caseAccept", json!({})).await?;
        assert_eq!(refused.user_error()?.0, "NOT_PERMITTED", "the town alone may");
        matter.act(&person(&served, "qianlishan.dispatch").await?, "caseAccept", json!({})).await?;
        assert_eq!(matter.case["assignee"]["code"], "150302101", "it lies with the town, not with the chief");
        assert_eq!(matter.case["level"], "TOWN");
        Ok(())
    })
    .await
}
