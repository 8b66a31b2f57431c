//! Files that come in and go out, whom a district trusts, and what its programs and other systems are told by.

use std::sync::Arc;

use anyhow::ensure;
use fengqiao_api::webhooks::SystemNames;
use fengqiao_domain::programmes::templates;
use fengqiao_tests::Served;
use serde_json::{Value, json};

use super::{Laid, Laying, id};

/// A file of rows of which one is wrong.
const DAYS: &str = "date,kind,name,source\n2031-01-01,holiday,元旦,甲\n2031-13-01,holiday,元旦,甲\n";

pub(super) async fn lay(laying: &Laying<'_>, laid: &mut Laid) -> anyhow::Result<()> {
    programme(laying).await?;
    files(laying, laid).await?;
    trust(laying, laid).await?;
    told(laying, laid).await
}

/// The ladder of disputes, with fields of the kinds that it lacks; only who names it follows it.
async fn programme(laying: &Laying<'_>) -> anyhow::Result<()> {
    let text = templates().iter().find(|(key, _)| *key == "dispute_ladder").map(|(_, text)| *text);
    let fields = "[[fields]]\nkey = \"since\"\nkind = \"date\"\nname_zh = \"起始\"\nname_en = \"Since\"\n\n\
         [[fields]]\nkey = \"beside\"\nkind = \"unit\"\nname_zh = \"邻村\"\nname_en = \"Beside\"\n\n[[acts]]\nact = \"report\"";
    let definition = text
        .unwrap_or_default()
        .replace("key = \"dispute_ladder\"", "key = \"ladder\"\nsources = [\"hotline_12345\"]")
        .replace("[[acts]]\nact = \"report\"", fields)
        .replace(
            "\"amount\", \"police_number\"]",
            "\"amount\", \"police_number\", \"leader\", \"mediation\", \"agreement\", \"since\", \"beside\"]",
        );
    let draft = json!({ "source": { "definition": definition } });
    let drafted = laying.done("system", "programmeDraft", "programme { id version }", draft).await?;
    let seen = json!({ "programmeId": id(&drafted, "programme")?, "expectedVersion": drafted["programme"]["version"] });
    laying.done("system", "programmePublish", "programme { id }", seen).await.map(drop)
}

async fn files(laying: &Laying<'_>, laid: &mut Laid) -> anyhow::Result<()> {
    let start = json!({ "kind": "CALENDAR_DAYS", "fileName": "节假日.csv" });
    let started = laying.done("system", "importStart", "import { id uploadPath }", start).await?;
    laid.insert("a file that came in", id(&started, "import")?);
    let awaited = json!({ "kind": "CALENDAR_DAYS", "fileName": "明年.csv" });
    let awaited = laying.done("system", "importStart", "import { id }", awaited).await?;
    laid.insert("a file that is awaited", id(&awaited, "import")?);
    let path = started["import"]["uploadPath"].as_str().unwrap_or_default();
    let by = laying.by("system").await?;
    let sent = by.at(reqwest::Method::PUT, path).body(DAYS).send().await?;
    ensure!(sent.status().is_success(), "{}", sent.status());
    let progress = "subscription($id: ID!) { importProgress(id: $id) { state } }";
    by.follow(progress, json!({ "id": laid["a file that came in"] })).await?;
    for (login, name) in [
        ("handler", "a file that went out"),
        ("commander", "a file that waits"),
        ("dispatcher", "a file that may go"),
    ] {
        let start = json!({ "kind": "CASES", "formatKind": "CSV", "purpose": "年度考核" });
        let started = laying.done(login, "exportStart", "export { id }", start).await?;
        laid.insert(name, id(&started, "export")?);
        let progress = "subscription($id: ID!) { exportProgress(id: $id) { state } }";
        laying.by(login).await?.follow(progress, json!({ "id": laid[name] })).await?;
        let read = "query($id: ID!) { node(id: $id) { ... on Export { review { id } } } }";
        let read = laying.by(login).await?.run(read, json!({ "id": laid[name] })).await?;
        let review = read.data("node/review/id").ok().and_then(Value::as_str).map(str::to_owned);
        match (name, review) {
            ("a file that waits", Some(review)) => drop(laid.insert("a review that waits", review)),
            ("a file that may go", Some(review)) => {
                let word = json!({ "exportReviewId": review, "note": "同意" });
                laying.done("leader", "exportApprove", "exportReview { id }", word).await?;
                laid.insert("a review", review);
            }
            (_, review) => ensure!(review.is_none() && name == "a file that went out", "{name}: {review:?}"),
        }
    }
    Ok(())
}

async fn trust(laying: &Laying<'_>, laid: &mut Laid) -> anyhow::Result<()> {
    let claims = json!([{ "name": "tenant", "value": laying.side.code }]);
    let oidc = json!({
        "issuer": format!("https://id.example.org/{}", laying.side.code), "audience": "fengqiao",
        "jwksUrl": "https://id.example.org/keys", "requiredClaims": claims,
    });
    let trust = json!({ "name": format!("统一身份{}", laying.side.mark), "trust": { "oidc": oidc } });
    let trusted = laying.done("security", "identityProviderCreate", "identityProvider { id }", trust).await?;
    laid.insert("a provider", id(&trusted, "identityProvider")?);
    for name in ["a secret", "a secret that counts no more"] {
        let account = laying.side.accounts["api"].to_string();
        let asked = json!({ "accountId": account, "name": "12345", "permissions": ["CASE_REPORT"] });
        let made = laying.done("security", "clientSecretCreate", "clientSecret { id }", asked).await?;
        laid.insert(name, id(&made, "clientSecret")?);
    }
    let over = json!({ "accountId": laying.side.accounts["api"].to_string(), "clientSecretId": laid["a secret that counts no more"] });
    laying.done("security", "clientSecretRevoke", "clientSecret { id }", over).await.map(drop)
}

/// Another system is told of the tickets that it sent.
async fn told(laying: &Laying<'_>, laid: &mut Laid) -> anyhow::Result<()> {
    let url = format!("https://hooks.example.org/{}/12345", laying.side.code);
    let hook = json!({ "name": "回传", "url": url, "externalSource": "province", "content": "FULL" });
    let made = laying.done("api", "webhookCreate", "webhook { id }", hook).await?;
    laid.insert("a webhook for what came from one", id(&made, "webhook")?);
    let mapping = json!({
        "fields": [{ "field": "NUMBER", "pointer": "/number" }, { "field": "DESCRIPTION", "pointer": "/text" }],
        "areas": [{ "ours": format!("{}001001", laying.side.code), "theirs": "1" }],
        "categories": [{ "ours": "01", "theirs": "2" }],
        "priorities": [{ "priority": "URGENT", "theirs": "3" }],
        "coordinateSystem": "GCJ02", "otherCategoryCode": "02",
    });
    let partner = |key: &str, more: Value| {
        let mut partner = json!({
            "key": key, "name": format!("{key}{}", laying.side.mark), "door": "SIGNED", "source": "HOTLINE_12345", "mapping": mapping,
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            partner[key] = value.clone();
        }
        partner
    };
    let told = partner("province", json!({ "webhookId": id(&made, "webhook")? }));
    let made = laying.done("api", "exchangePartnerCreate", "partner { id }", told).await?;
    let whole = id(&made, "partner")?;
    laying
        .done("api", "exchangePartnerRotateSecret", "partner { id }", json!({ "partnerId": whole }))
        .await?;
    laid.insert("a partner with everything", whole);
    let made =
        laying.done("api", "exchangePartnerCreate", "partner { id }", partner("old", json!({}))).await?;
    let old = id(&made, "partner")?;
    laying.done("api", "exchangePartnerDisable", "partner { id }", json!({ "partnerId": old })).await?;
    laid.insert("a partner that is told nothing more", old);
    let over = json!({ "name": "旧回调", "url": format!("{url}/old") });
    let made = laying.done("api", "webhookCreate", "webhook { id }", over).await?;
    laid.insert("a webhook that is told nothing more", id(&made, "webhook")?);
    let webhook = json!({ "webhookId": id(&made, "webhook")? });
    laying.done("api", "webhookRotateSecret", "webhook { id }", webhook.clone()).await?;
    laying.done("api", "webhookDisable", "webhook { id }", webhook).await.map(drop)
}

/// Tries to tell other systems, who are nowhere.
pub(super) async fn send(served: &Served) -> anyhow::Result<()> {
    let (settings, db) = (&served.app.settings, &served.app.services.db);
    let dispatcher = crate::webhooks::dispatcher(settings, db, Arc::new(SystemNames))?;
    for _ in 0..3 {
        dispatcher.round().await?;
    }
    Ok(())
}
