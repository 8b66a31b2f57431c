//! Integrators are told what their account may see: signed, at least once, in order, and at open addresses only.

mod addresses;
mod eyes;
pub(crate) mod failing;
mod filters;
mod messages;
mod nodes;
pub(crate) mod receiver;
mod replays;
mod setup;
mod snippet;
mod unreadable;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_api::config::Settings;
use fengqiao_api::webhooks::{HttpCarrier, Names, SystemNames};
use fengqiao_domain::Db;
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_domain::webhooks::{Dispatcher, Round};
use fengqiao_tests::{Actor, Backend, Matter, Places, Served, account_id};
use serde_json::{Value, json};

use receiver::Receiver;

/// The first grid of 新地村.
pub(crate) const GRID: &str = "150302101203001";
/// 供水供电供气.
pub(crate) const CATEGORY: &str = "1105";
/// What is selected of a webhook that is issued.
pub(crate) const ISSUED: &str = "webhook { id version } secret userErrors { code path }";
/// What is selected of one that is changed.
pub(crate) const CHANGED: &str = "webhook { id version state disabledFor } userErrors { code path }";

/// An integrator's desk: the product, a receiver, and what tells it.
pub(crate) struct Desk {
    pub(crate) served: Served,
    pub(crate) receiver: Receiver,
    pub(crate) dispatcher: Dispatcher,
}

/// A webhook that was issued.
#[derive(Clone, Debug)]
pub(crate) struct Hook {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// Receivers of tests listen on this machine.
pub(crate) fn at_home(settings: &mut Settings) {
    settings.webhooks.allow_http = true;
    settings.webhooks.allowed_networks = vec!["127.0.0.0/8".to_owned()];
}

impl Desk {
    pub(crate) async fn open(backend: Backend) -> anyhow::Result<Self> {
        Self::open_with(backend, at_home).await
    }

    pub(crate) async fn open_with(
        backend: Backend,
        adjust: impl FnOnce(&mut Settings),
    ) -> anyhow::Result<Self> {
        let served = Served::demo_with(backend, adjust).await?;
        let dispatcher = dispatcher(&served.app.settings, &served.app.services.db, Arc::new(SystemNames))?;
        Ok(Self { receiver: Receiver::open().await?, dispatcher, served })
    }

    /// Somebody of 海勃湾区.
    pub(crate) async fn person(&self, login: &str) -> anyhow::Result<Actor> {
        self.served.sign_in(&format!("{login}@150302")).await
    }

    /// Somebody of 海勃湾区 who may have webhooks beside what they see.
    pub(crate) async fn integrator(&self, login: &str) -> anyhow::Result<Actor> {
        let security = self.person("security.admin").await?;
        let input = json!({
            "accountId": account_id(&self.person(login).await?).await?, "role": "API_CLIENT",
            "target": {"unitId": Places::of(&security).unit("150302").await?},
        });
        let payload = "roleGrant { id } userErrors { code path }";
        security.mutate("roleGrantCreate", payload, input).await?.payload()?;
        Ok(self.person(login).await?.into_program())
    }

    /// A webhook at the receiver.
    pub(crate) async fn hook(&self, by: &Actor, more: Value) -> anyhow::Result<Hook> {
        let mut input = json!({"name": "12345", "url": self.receiver.url("/hook")});
        for (key, value) in more.as_object().into_iter().flatten() {
            input[key] = value.clone();
        }
        let answer = by.mutate("webhookCreate", ISSUED, input).await?;
        let issued = answer.payload()?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let id = text(&issued["webhook"]["id"]).context("an id")?;
        Ok(Hook { id, secret: text(&issued["secret"]).context("a secret")? })
    }

    /// A resident reports something in 新地村.
    pub(crate) async fn report(&self) -> anyhow::Result<Matter> {
        Matter::report(&self.person("xindi.resident").await?.into_program(), GRID, CATEGORY).await
    }

    /// One round, after every event got its place.
    pub(crate) async fn round(&self) -> anyhow::Result<Round> {
        placed(&self.served).await?;
        Ok(self.dispatcher.round().await?)
    }

    /// What somebody reads of a webhook.
    pub(crate) async fn read(&self, by: &Actor, hook: &Hook, selection: &str) -> anyhow::Result<Value> {
        let document = format!("query($id: ID!) {{ webhook(id: $id) {{ {selection} }} }}");
        Ok(by.run(&document, json!({"id": hook.id})).await?.data("webhook")?.clone())
    }

    /// The deliveries of a webhook, newest first.
    pub(crate) async fn deliveries(
        &self,
        by: &Actor,
        hook: &Hook,
        selection: &str,
    ) -> anyhow::Result<Vec<Value>> {
        let read =
            self.read(by, hook, &format!("deliveries(first: 100) {{ nodes {{ {selection} }} }}")).await?;
        Ok(read["deliveries"]["nodes"].as_array().context("deliveries")?.clone())
    }
}

/// What tells integrators, over a database.
pub(crate) fn dispatcher(settings: &Settings, db: &Db, names: Arc<dyn Names>) -> anyhow::Result<Dispatcher> {
    let rules = settings.webhooks.rules();
    let carrier = HttpCarrier::new(rules.addresses.clone(), names, settings.webhooks.answer())?;
    let platform = PlatformScope::for_command_line("test");
    Ok(Dispatcher::new(db.clone(), Arc::new(carrier), rules, platform))
}

/// Waits until every event has its place.
pub(crate) async fn placed(served: &Served) -> anyhow::Result<()> {
    for _ in 0..1_000 {
        if served.world.number("SELECT count(*) FROM outbox_events WHERE position IS NULL").await? == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    ensure!(false, "events wait for their place");
    Ok(())
}
