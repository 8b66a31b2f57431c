//! Other systems: their tickets come in once, signed and read as their mapping says; they are told what becomes of them, and say what they
//! made of it.

mod door;
pub(crate) mod open311;
mod reconciling;
mod setup;
pub(crate) mod snippets;
mod storm;
mod tickets;
mod told;

use anyhow::Context as _;
use fengqiao_tests::{Actor, Answer, Backend};
use reqwest::Method;
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use crate::webhooks::{Desk, Hook};

pub(crate) use crate::webhooks::{CATEGORY, GRID};

/// What is selected of a partner that is issued.
pub(crate) const ISSUED: &str = "partner { id version } secret userErrors { code path }";
/// The test clock in seconds.
pub(crate) const NOW: i64 = 1_795_334_400;

/// How the hotline of these tests writes.
pub(crate) fn mapping() -> Value {
    json!({
        "fields": [
            {"field": "NUMBER", "pointer": "/order/no"},
            {"field": "DESCRIPTION", "pointer": "/order/content"},
            {"field": "CATEGORY", "pointer": "/order/type"},
            {"field": "AREA", "pointer": "/order/area"},
            {"field": "ADDRESS", "pointer": "/order/address"},
            {"field": "REPORTER_NAME", "pointer": "/caller/name"},
            {"field": "REPORTER_PHONE", "pointer": "/caller/tel"},
            {"field": "REPORTED_AT", "pointer": "/order/time"},
            {"field": "PRIORITY", "pointer": "/order/level"},
            {"field": "LONGITUDE", "pointer": "/geo/lng"},
            {"field": "LATITUDE", "pointer": "/geo/lat"},
        ],
        "categories": [{"theirs": "SN-07", "ours": CATEGORY}],
        "areas": [{"theirs": "A-1", "ours": GRID}],
        "priorities": [{"theirs": "急", "priority": "URGENT"}],
        "coordinateSystem": "GCJ02",
    })
}

/// A ticket of that hotline.
pub(crate) fn order(number: &str) -> Value {
    json!({
        "order": {
            "no": number, "content": "小区停水两天", "type": "SN-07", "area": "A-1", "address": "3号楼",
            "time": "2026-11-22 15:30:00", "level": "急", "channel": "电话",
        },
        "caller": {"name": "张三", "tel": "10070000001"},
    })
}

/// A partner that was set up, and speaks.
pub(crate) struct Partner {
    pub(crate) id: String,
    pub(crate) secret: String,
    /// Where it knocks.
    pub(crate) path: String,
    /// By whose right.
    pub(crate) account: Actor,
}

impl Partner {
    /// The hotline, in the name of its account, with what differs from what is usual.
    pub(crate) async fn hotline(desk: &Desk, more: Value) -> anyhow::Result<Self> {
        let account = desk.person("hotline.api").await?;
        Self::set_up(account, more).await
    }

    pub(crate) async fn set_up(account: Actor, more: Value) -> anyhow::Result<Self> {
        let mut input = json!({
            "key": "12345", "name": "市12345热线", "door": "SIGNED", "source": "HOTLINE_12345", "mapping": mapping(),
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            input[key] = value.clone();
        }
        let answer = account.mutate("exchangePartnerCreate", ISSUED, input.clone()).await?;
        let issued = answer.payload()?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Ok(Self {
            id: text(&issued["partner"]["id"]).context("an id")?,
            secret: text(&issued["secret"]).context("a secret")?,
            path: format!("/exchange/v1/150302/{}", input["key"].as_str().unwrap_or_default()),
            account,
        })
    }

    /// A message as it is signed now.
    pub(crate) fn signed(&self, id: &str, at: i64, body: &str) -> anyhow::Result<reqwest::RequestBuilder> {
        let signature = Webhook::new(&self.secret)?.sign(id, at, body.as_bytes())?;
        Ok(self.unsigned(id, at, body).header("webhook-signature", signature))
    }

    /// The same without a signature.
    pub(crate) fn unsigned(&self, id: &str, at: i64, body: &str) -> reqwest::RequestBuilder {
        let request = self.account.at(Method::POST, &self.path).header("content-type", "application/json");
        request.header("webhook-id", id).header("webhook-timestamp", at).body(body.to_owned())
    }

    /// Says something under an id.
    pub(crate) async fn say(&self, id: &str, kind: &str, data: &Value) -> anyhow::Result<Answer> {
        Answer::of(self.signed(id, NOW, &json!({"type": kind, "data": data}).to_string())?).await
    }

    /// Sends a ticket.
    pub(crate) async fn send(&self, order: &Value) -> anyhow::Result<Answer> {
        self.say("msg", "ticket.sent", order).await
    }
}

/// A desk with the hotline and a webhook by which it is told all of its own tickets.
pub(crate) async fn told(backend: Backend) -> anyhow::Result<(Desk, Partner, Hook)> {
    let desk = Desk::open(backend).await?;
    let hotline = desk.person("hotline.api").await?;
    let hook = desk.hook(&hotline, json!({"content": "FULL", "externalSource": "12345"})).await?;
    let partner = Partner::hotline(&desk, json!({"webhookId": hook.id})).await?;
    Ok((desk, partner, hook))
}

/// The code and the path of a refusal, with its status.
pub(crate) fn refused(answer: &Answer) -> (u16, String, String) {
    let path = answer.body["path"]
        .as_array()
        .map(|path| path.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("."));
    let code = answer.body["code"].as_str().unwrap_or_default().to_owned();
    (answer.status, code, path.unwrap_or_default())
}

impl Partner {
    /// The same partner once more, to change something of it.
    pub(crate) fn copy(&self) -> Self {
        Self {
            id: self.id.clone(),
            secret: self.secret.clone(),
            path: self.path.clone(),
            account: self.account.clone(),
        }
    }
}
