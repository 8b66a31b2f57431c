//! What documents cost, over the whole product: the dearest that runs, who pays, documents that are known, and who sees the schema.

use anyhow::ensure;
use fengqiao_api::config::{Profile, Settings};
use fengqiao_api::http::cost::Fill;
use fengqiao_api::http::{DocumentMode, OpenTo};
use fengqiao_domain::identity::TokenKeys;
use fengqiao_domain::kernel::vault::KeyOrigin;
use fengqiao_tests::{Answer, Served, on_backends};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A hundred cases with their timelines: 1 + 100 × (1 + 1 + 100).
const DEAR: &str = "{ cases(first: 100) { nodes { timeline(first: 100) { nodes { act } } } } }";
/// 1 + 10.
const CHEAP: &str = "{ cases(first: 10) { nodes { number } } }";
/// A document that is known where documents must be.
const KNOWN: &str = "{ viewer { account { login } } }";
/// Two districts of the demo.
const HERE: &str = "district.command@150302";
const THERE: &str = "district.command@320804";

/// Ten cheap documents for an account, twenty for a tenant; nothing comes in again during a test.
fn frugal(settings: &mut Settings) {
    let cost = &mut settings.edge.cost;
    cost.max_document = 100;
    cost.account = Fill { points: 110, per_second: 1 };
    cost.tenant = Fill { points: 220, per_second: 2 };
}

fn reason(answer: &Answer) -> &Value {
    &answer.body["errors"][0]["extensions"]["reason"]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_costs_too_much_runs_for_nobody() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let command = served.sign_in(HERE).await?;
        for caller in [&command, &served.anonymous()] {
            let answer = caller.run(DEAR, Value::Null).await?;
            ensure!(answer.status == 400 && answer.code() == "BAD_REQUEST", "{}", answer.text);
            ensure!(reason(&answer) == "DOCUMENT_TOO_COSTLY", "{}", answer.text);
            let told = &answer.body["errors"][0]["extensions"]["cost"];
            ensure!(*told == json!({"requested": 10_201, "limit": 10_000}), "{told}");
        }
        command.run(CHEAP, Value::Null).await?.data("cases/nodes/0/number")?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_asks_without_end_waits() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, frugal).await?;
        let command = served.sign_in(HERE).await?;
        for _ in 0..10 {
            command.run(CHEAP, Value::Null).await?.data("cases/nodes/0/number")?;
        }
        for _ in 0..20 {
            let answer = command.run(CHEAP, Value::Null).await?;
            ensure!(answer.status == 429 && answer.code() == "RATE_LIMITED", "{}", answer.text);
            let wait = &answer.body["errors"][0]["extensions"]["retryAfterSeconds"];
            ensure!(wait.as_u64().is_some_and(|wait| (1..=11).contains(&wait)), "{}", answer.text);
        }
        let colleague = served.sign_in("xindi.station@150302").await?;
        for _ in 0..5 {
            colleague.run(CHEAP, Value::Null).await?.data("cases/nodes")?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_tenant_asks_for_costs_no_other_tenant() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, frugal).await?;
        for account in [HERE, "xindi.station@150302"] {
            let actor = served.sign_in(account).await?;
            for _ in 0..10 {
                actor.run(CHEAP, Value::Null).await?.data("cases/nodes")?;
            }
        }
        let third = served.sign_in("xindi.worker@150302").await?;
        let answer = third.run(CHEAP, Value::Null).await?;
        ensure!(answer.code() == "RATE_LIMITED", "the tenant has nothing left: {}", answer.text);
        let elsewhere = served.sign_in(THERE).await?;
        for _ in 0..10 {
            elsewhere.run(CHEAP, Value::Null).await?.data("cases/nodes")?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn where_documents_must_be_known_no_other_runs() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let folder = TempDir::new()?;
        let file = folder.path().join("documents.json");
        let hash = "a0ae69444cc08010f9cf1506f777c431f92bf004948326b9b00618cb71a18f54";
        std::fs::write(&file, json!({ hash: KNOWN }).to_string())?;
        let served = Served::demo_with(backend, |settings| {
            settings.edge.documents.mode = DocumentMode::Trusted;
            settings.edge.documents.files = vec![file];
            settings.edge.documents.open_to_kind = OpenTo::Programs;
        })
        .await?;
        let command = served.sign_in(HERE).await?;
        let known = json!({"documentId": format!("sha256:{hash}")}).to_string();
        let known = command.post().header("content-type", "application/json").body(known);
        let known: Value = serde_json::from_str(&known.send().await?.text().await?)?;
        ensure!(known["data"]["viewer"]["account"]["login"] == "district.command", "{known}");
        let other = command.run(CHEAP, Value::Null).await?;
        ensure!(other.status == 403 && reason(&other) == "DOCUMENT_NOT_TRUSTED", "{}", other.text);
        let stranger = served.anonymous().run("{ __typename }", Value::Null).await?;
        ensure!(reason(&stranger) == "DOCUMENT_NOT_TRUSTED", "{}", stranger.text);
        let program = served.sign_in("hotline.api@150302").await?;
        program.run(KNOWN, Value::Null).await?.data("viewer/account/login")?;
        program.run("{ viewer { account { id } } }", Value::Null).await?.data("viewer/account/id")?;
        Ok(())
    })
    .await
}

/// What an operator does before the profile is production.
pub(super) fn in_production(settings: &mut Settings) -> anyhow::Result<()> {
    let sealing = std::fs::read_to_string(&settings.keys.sealing_file)?;
    std::fs::write(&settings.keys.sealing_file, sealing.replace("true", "false"))?;
    TokenKeys::generate(&settings.keys.token_file, KeyOrigin::Operator)?;
    settings.profile = Profile::Production;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn in_production_the_schema_is_shown_to_whoever_signed_in() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let mut made = Ok(());
        let served = Served::demo_with(backend, |settings| made = in_production(settings)).await?;
        made?;
        let program = served.sign_in("hotline.api@150302").await?;
        for document in [
            "{ __schema { types { name } } }",
            "{ __type(name: \"Case\") { name fields { name } } }",
            "{ viewer { nope } }",
        ] {
            let answer = served.anonymous().run(document, Value::Null).await?;
            let shows = ["CaseEntry", "fields", "\"Case\"", "Did you mean"]
                .iter()
                .any(|word| answer.text.contains(word));
            ensure!(!shows, "{document}: {}", answer.text);
        }
        let types = program.run("{ __schema { types { name } } }", Value::Null).await?;
        ensure!(types.text.contains("CaseEntry"), "{}", types.text);
        let known = program.run("{ __type(name: \"Case\") { name } }", Value::Null).await?;
        ensure!(known.data("__type/name")? == "Case", "{}", known.text);
        Ok(())
    })
    .await
}
