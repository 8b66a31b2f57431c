//! Who sets up webhooks, and what is refused.

use anyhow::ensure;
use fengqiao_api::config::Settings;
use fengqiao_tests::on_backends;
use serde_json::{Value, json};

use super::{CHANGED, Desk, ISSUED};

#[tokio::test(flavor = "multi_thread")]
async fn only_those_who_may_have_webhooks_have_some() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        for login in ["xindi.resident", "xindi.worker", "district.command", "security.admin"] {
            let person = desk.person(login).await?;
            let input = json!({"name": "a", "url": desk.receiver.url("/")});
            let refused = person.mutate("webhookCreate", ISSUED, input).await?;
            assert_eq!(refused.code(), "FORBIDDEN", "{login}");
            let list = person.run("{ webhooks { totalCount } }", Value::Null).await?;
            assert_eq!(list.code(), "FORBIDDEN", "{login}");
        }
        assert_eq!(desk.served.world.number("SELECT count(*) FROM webhooks").await?, 0);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_owner_says_where_a_webhook_is() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let hotline = desk.person("hotline.api").await?;
        let hook = desk.hook(&hotline, json!({})).await?;
        let system = desk.person("system.admin").await?;
        assert_eq!(desk.read(&system, &hook, "name").await?, json!({"name": "12345"}));
        let id = json!({"webhookId": hook.id});
        let elsewhere =
            json!({"webhookId": hook.id, "expectedVersion": 1, "url": desk.receiver.url("/mine")});
        let payload = "userErrors { code path }";
        let wanted = ("NOT_OWNER".to_owned(), "webhookId".to_owned());
        for (field, input) in [
            ("webhookUpdate", &elsewhere),
            ("webhookEnable", &id),
            ("webhookRotateSecret", &id),
            ("webhookTest", &id),
            ("webhookReplay", &json!({"webhookId": hook.id, "fromAt": "2026-11-22T08:00:00Z"})),
        ] {
            let refused = system.mutate(field, payload, input.clone()).await?;
            assert_eq!(refused.user_error()?, wanted, "{field}");
        }
        // Staff disable it, and only its owner has it called again.
        let disabled = system.mutate("webhookDisable", CHANGED, id.clone()).await?;
        let state = json!({"id": hook.id, "version": 2, "state": "DISABLED", "disabledFor": "BY_HAND"});
        assert_eq!(disabled.payload()?["webhook"], state);
        let test = hotline.mutate("webhookTest", payload, id.clone()).await?;
        assert_eq!(test.user_error()?, ("DISABLED".to_owned(), "webhookId".to_owned()));
        hotline.mutate("webhookEnable", CHANGED, id).await?.payload()?;
        // Another integrator, who is no staff, does not see it.
        let resident = desk.integrator("xindi.resident").await?;
        assert_eq!(desk.read(&resident, &hook, "name").await?, Value::Null);
        let list = resident.run("{ webhooks { totalCount nodes { id } } }", Value::Null).await?;
        assert_eq!(list.data("webhooks")?, &json!({"totalCount": 0, "nodes": []}));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_make_sense_is_refused() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let hotline = desk.person("hotline.api").await?;
        let never = "01900000-0000-7000-8000-000000000000";
        let url = desk.receiver.url("/");
        for (more, code, path) in [
            (json!({"name": " "}), "REQUIRED", "name"),
            (json!({"name": "长".repeat(61)}), "TOO_LONG", "name"),
            (json!({"url": format!("{url}{}", "a".repeat(2_000))}), "TOO_LONG", "url"),
            (json!({"eventTypes": ["case.reported", "case.none"]}), "UNKNOWN_EVENT_TYPE", "eventTypes.1"),
            (json!({"categoryIds": [format!("category_{never}")]}), "CATEGORY_NOT_FOUND", "categoryIds.0"),
            (json!({"unitId": format!("unit_{never}")}), "UNIT_NOT_FOUND", "unitId"),
        ] {
            let mut input = json!({"name": "a", "url": url});
            for (key, value) in more.as_object().into_iter().flatten() {
                input[key] = value.clone();
            }
            let refused = hotline.mutate("webhookCreate", ISSUED, input).await?;
            assert_eq!(refused.user_error()?, (code.to_owned(), path.to_owned()));
        }
        let hook = desk.hook(&hotline, json!({})).await?;
        let stale = json!({"webhookId": hook.id, "expectedVersion": 0, "name": "b"});
        let refused = hotline.mutate("webhookUpdate", CHANGED, stale).await?;
        assert_eq!(refused.user_error()?, ("CONFLICT".to_owned(), "expectedVersion".to_owned()));
        for _ in 1..20 {
            desk.hook(&hotline, json!({})).await?;
        }
        let input = json!({"name": "a", "url": url});
        let refused = hotline.mutate("webhookCreate", ISSUED, input).await?;
        assert_eq!(refused.user_error()?, ("TOO_MANY".to_owned(), String::new()));
        assert_eq!(desk.served.world.number("SELECT count(*) FROM webhooks").await?, 20);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_has_one_webhook_and_one_secret() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let desk = Desk::open(backend).await?;
        let hotline = desk.person("hotline.api").await?;
        let document = fengqiao_tests::mutation("webhookCreate", ISSUED);
        let variables = json!({"input": {"name": "a", "url": desk.receiver.url("/")}});
        let key = [("idempotency-key", "\"one\"")];
        let first = hotline.run_with(&document, variables.clone(), &key).await?;
        let again = hotline.run_with(&document, variables, &key).await?;
        assert_eq!(first.payload()?, again.payload()?);
        ensure!(
            first.payload()?["secret"].as_str().is_some_and(|secret| secret.len() == 50),
            "{}",
            first.text
        );
        assert_eq!(desk.served.world.number("SELECT count(*) FROM webhooks").await?, 1);
        Ok(())
    })
    .await
}

#[test]
fn settings_open_nothing_by_themselves() -> anyhow::Result<()> {
    let webhooks = Settings::read(None)?.webhooks;
    assert_eq!((webhooks.allow_http, webhooks.allowed_networks.len()), (false, 0));
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("fengqiao.toml");
    for (text, wanted) in [
        ("allowed_networks = [\"10.0.0.0/33\"]", "webhooks.allowed_networks holds \"10.0.0.0/33\""),
        ("answer_seconds = 31", "webhooks.answer_seconds is 31 and must be 1 to 30"),
        ("keep_days = 0", "webhooks.keep_days is 0 and must be 1 to 90"),
    ] {
        std::fs::write(&file, format!("[webhooks]\n{text}\n"))?;
        let refused = Settings::read(Some(&file)).err().map(|error| error.to_string()).unwrap_or_default();
        ensure!(refused.contains(wanted), "{refused}");
    }
    Ok(())
}
