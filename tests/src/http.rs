//! The product as it is served: the demo's five districts over HTTP, and the people who use it.

use std::net::SocketAddr;
use std::sync::Arc;

use fengqiao_api::app::{App, Offer};
use fengqiao_api::config::Settings;
use fengqiao_api::graphql::context::Services;
use fengqiao_api::http::server;
use fengqiao_api::telemetry;
use fengqiao_domain::kernel::clock::ManualClock;
use fengqiao_domain::kernel::idgen::SeededIds;
use fengqiao_domain::kernel::scope::PlatformScope;
use futures::stream;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::{Actor, Answered as _, Backend, Rehearsal, World, http_demo};

/// Seed of the ids of what is served; each further server has the next one.
const SERVED: u64 = 20_261_123;

/// The product over a database of its own, served on the loopback until this value is dropped.
pub struct Served {
    /// The database and the clock.
    pub world: World,
    /// The composition root.
    pub app: App,
    address: SocketAddr,
    client: reqwest::Client,
    _tasks: JoinSet<()>,
    keys: Arc<TempDir>,
    rehearsal: Option<Arc<Rehearsal>>,
}

impl Served {
    /// The demo, with a clock that stands still and ids that repeat.
    ///
    /// # Errors
    /// As the database says.
    pub async fn demo(backend: Backend) -> anyhow::Result<Self> {
        Self::demo_with(backend, |_| {}).await
    }

    /// The demo under other settings than the patient ones of the tests.
    ///
    /// # Errors
    /// As the database says.
    pub async fn demo_with(backend: Backend, adjust: impl FnOnce(&mut Settings)) -> anyhow::Result<Self> {
        Self::over(http_demo::world(backend).await?, adjust).await
    }

    /// The demo at the size that was published of its districts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn published(backend: Backend) -> anyhow::Result<Self> {
        Self::over(http_demo::published(backend).await?, |_| {}).await
    }

    /// Serves a world.
    ///
    /// # Errors
    /// As the database says.
    pub async fn over(world: World, adjust: impl FnOnce(&mut Settings)) -> anyhow::Result<Self> {
        Self::with_keys(world, Arc::new(TempDir::new()?), SERVED, adjust).await
    }

    /// Another server of the same deployment on PostgreSQL: it has the database, the clock and the keys of this one.
    ///
    /// # Errors
    /// As the database says; on SQLite.
    pub async fn beside(&self, adjust: impl FnOnce(&mut Settings)) -> anyhow::Result<Self> {
        Self::with_keys(self.world.beside()?, Arc::clone(&self.keys), SERVED + 1, adjust).await
    }

    async fn with_keys(
        world: World,
        keys: Arc<TempDir>,
        seed: u64,
        adjust: impl FnOnce(&mut Settings),
    ) -> anyhow::Result<Self> {
        let mut settings = settings(&world, &keys)?;
        adjust(&mut settings);
        if let Some(log) = wanted_log() {
            settings.telemetry.log = log;
            // Every world of the process after the first finds it started.
            drop(telemetry::start(&settings.telemetry));
        }
        let app = open(settings, &world.clock, seed).await?;
        let listener = server::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let address = listener.local_addr()?;
        let edge = app.edge()?;
        let drain = edge.drain().clone();
        let router = app.router(edge, Offer::Demo, String::new);
        let limits = app.settings.edge.server.clone();
        let (relay, bell) = app.relay();
        relay.begin().await?;
        let mut tasks = JoinSet::new();
        for work in bell {
            tasks.spawn(work);
        }
        tasks.spawn(async move { relay.run().await });
        tasks.spawn(async move {
            server::serve(listener, router, drain, &limits, stream::pending()).await;
        });
        let client = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { world, app, address, client, _tasks: tasks, keys, rehearsal: None })
    }

    /// Someone who is signed in, for example `xindi.worker@150302`.
    ///
    /// # Errors
    /// For an unknown account.
    pub async fn sign_in(&self, account: &str) -> anyhow::Result<Actor> {
        let platform = PlatformScope::for_command_line("test");
        let token = self.app.services.identity.token_for(&platform, account).await.done()?;
        Ok(self.bearer(account, &token))
    }

    /// Someone who shows this token.
    #[must_use]
    pub fn bearer(&self, account: &str, token: &str) -> Actor {
        let actor = Actor::new(self.client.clone(), self.address, account, Some(token.to_owned()));
        actor.rehearsing(self.rehearsal.clone())
    }

    /// Someone who is not signed in.
    #[must_use]
    pub fn anonymous(&self) -> Actor {
        let actor = Actor::new(self.client.clone(), self.address, "anonymous", None);
        actor.rehearsing(self.rehearsal.clone())
    }

    /// The use cases that are served.
    #[must_use]
    pub const fn services(&self) -> &Services {
        &self.app.services
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on everybody tries what they ask to have changed without an entry in the trail first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn rehearsing(mut self) -> anyhow::Result<Self> {
        self.rehearsal = Some(Arc::new(Rehearsal::over(&self.world).await?));
        Ok(self)
    }

    /// Moves the clock forward. Tokens live fifteen minutes of it.
    pub fn pass_seconds(&self, seconds: i64) {
        self.world.clock.advance_seconds(seconds);
    }
}

#[expect(clippy::disallowed_methods, reason = "a test run is steered by its environment")]
fn wanted_log() -> Option<String> {
    std::env::var("FENGQIAO_TEST_LOG").ok().filter(|log| !log.is_empty())
}

/// Everything over a database that is ready.
pub(crate) async fn open(settings: Settings, clock: &Arc<ManualClock>, seed: u64) -> anyhow::Result<App> {
    let clock = Arc::clone(clock);
    App::open_with(settings, clock, Arc::new(SeededIds::new(seed))).await
}

/// Patient settings over a world's database, with keys in a folder: the sealing key is that of
/// `Vault::for_tests`, so that what the demo sealed opens everywhere.
pub(crate) fn settings(world: &World, keys: &TempDir) -> anyhow::Result<Settings> {
    let mut settings = Settings::read(None)?;
    let (url, worker_url) = world.urls()?;
    let patience = World::options(url, worker_url);
    settings.database.url = patience.url;
    settings.database.worker_url = patience.worker_url.unwrap_or_default();
    settings.database.acquire_timeout_seconds = patience.acquire_timeout.as_secs();
    settings.database.statement_timeout_seconds = patience.statement_timeout.as_secs();
    settings.database.lock_timeout_seconds = patience.lock_timeout.as_secs();
    settings.auth.access_token_seconds = 900;
    settings.personal.lookups_per_day = 1_000;
    settings.attachments.folder = keys.path().join("attachments");
    settings.keys.token_file = keys.path().join("token.json");
    settings.keys.sealing_file = keys.path().join("sealing.json");
    let master = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
    std::fs::write(
        &settings.keys.sealing_file,
        format!(r#"{{"id":7,"master":"{master}","generated":true}}"#),
    )?;
    Ok(settings)
}
