//! Administrators hold their roles only with a second factor, where it is required.

use fengqiao_api::config::{Required, Settings};
use fengqiao_api::demo::PASSWORD;
use fengqiao_tests::{Actor, Served, on_backends};
use serde_json::{Value, json};

use super::Tokens;
use super::telephone::{enrolled, outcome, seen, shows};

fn required(settings: &mut Settings) {
    settings.auth.second_factor.required_for_administrators = Required::Always;
}

async fn signed_in(served: &Served, account: &str, code: Option<&str>) -> anyhow::Result<Actor> {
    let tokens = Tokens::of(&shows(served, account, (code, None)).await?)?;
    Ok(served.bearer(account, &tokens.access))
}

async fn permissions(actor: &Actor) -> anyhow::Result<usize> {
    let viewer = actor.run("{ viewer { permissions grants { role } } }", Value::Null).await?;
    assert!(viewer.data("viewer/grants/0/role").is_ok(), "they are still told what they hold");
    Ok(viewer.data("viewer/permissions")?.as_array().map_or(0, Vec::len))
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_hold_nothing_without_a_second_factor() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, required).await?;
        let create = json!({"login": "newcomer", "name": "张三"});
        for login in ["system", "security", "audit"] {
            let account = format!("{login}.admin@150302");
            let actor = signed_in(&served, &account, None).await?;
            assert_eq!(permissions(&actor).await?, 0, "{account}");
            let own = seen(&actor).await?;
            assert_eq!((&own["state"], &own["isRequired"]), (&json!("ABSENT"), &json!(true)));
            let refused = actor.mutate("accountCreate", "userErrors { code }", create.clone()).await?;
            assert_eq!(refused.code(), "FORBIDDEN");
            let trail = actor.run("{ auditEntries(first: 1) { nodes { id } } }", Value::Null).await?;
            assert!(trail.data("auditEntries/nodes/0").is_err(), "{}", trail.text);
            let (telephone, _) = enrolled(&served, &actor).await?;
            assert!(permissions(&actor).await? > 0, "{account}: at once");
            assert_eq!(outcome(&served, &account, (None, None)).await?, "SECOND_FACTOR_REQUIRED");
            let code = telephone.code(&served, 0);
            let actor = signed_in(&served, &account, Some(&code)).await?;
            assert!(permissions(&actor).await? > 0, "{account}");
            served.pass_seconds(60);
            let input = json!({"password": PASSWORD, "code": telephone.code(&served, 0)});
            let removed = actor.mutate("secondFactorRemove", "isRemoved userErrors { code }", input).await?;
            removed.payload()?;
            assert_eq!(permissions(&actor).await?, 0, "{account}: nor any more");
        }
        for account in ["district.command@150302", "xindi.worker@150302", "qianlishan.admin@150302"] {
            let actor = signed_in(&served, account, None).await?;
            assert!(permissions(&actor).await? > 0, "{account}");
            assert_eq!(seen(&actor).await?["isRequired"], false);
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_does_without() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let actor = signed_in(&served, "security.admin@150302", None).await?;
        assert!(permissions(&actor).await? > 0);
        assert_eq!(seen(&actor).await?["isRequired"], false);
        Ok(())
    })
    .await
}
