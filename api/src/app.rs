//! The composition root: settings to services, services to a running server.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use axum::routing::get;
use axum::{Json, Router};
use fengqiao_domain::audit::AuditService;
use fengqiao_domain::calendars::CalendarService;
use fengqiao_domain::cases::{CaseService, CaseSettings};
use fengqiao_domain::catalogue::CategoryService;
use fengqiao_domain::exchange::ExchangeService;
use fengqiao_domain::fieldwork::FieldworkService;
use fengqiao_domain::files::{FileService, Storage};
use fengqiao_domain::identity::{IdentityService, TokenKeys};
use fengqiao_domain::kernel::bucket::LocalBuckets;
use fengqiao_domain::kernel::clock::{Clock, SystemClock};
use fengqiao_domain::kernel::idgen::{IdSource, RandomIds};
use fengqiao_domain::kernel::mutant::{self, Mutant};
use fengqiao_domain::kernel::vault::{KeyOrigin, Suite, Vault};
use fengqiao_domain::org::OrgService;
use fengqiao_domain::oversight::OversightService;
use fengqiao_domain::personal::PersonalService;
use fengqiao_domain::programmes::ProgrammeService;
use fengqiao_domain::sheets::{SheetService, SheetServices};
use fengqiao_domain::staff::StaffService;
use fengqiao_domain::webhooks::WebhookService;
use fengqiao_domain::{Db, Doctor, EventLog, Fact, Relay};
use futures::future::BoxFuture;
use futures::{FutureExt as _, stream};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::auth::Authentication;
use crate::config::{Profile, Settings};
use crate::exchange::{self, Exchange};
use crate::files::{self, Files, HELD_AT_ONCE};
use crate::graphql::context::Services;
use crate::graphql::schema::{self, FengqiaoSchema};
use crate::graphql::snapshots::Snapshots;
use crate::http::cost::{Tariff, Till};
use crate::http::{Admission, Documents, Drain, Edge, Probes, Readiness, metrics_router, router, server};
use crate::listeners::Listeners;
use crate::oauth::{self, OAuth};
use crate::redis::Redis;
use crate::worker::Worker;
use crate::{anchor, demo, federation, output, tariff, telemetry};

/// The page at `/`.
const EXPLORER: &str = include_str!("http/explorer.html");

/// What a server offers besides the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// The demo's accounts, with their password.
    Demo,
    /// Nothing.
    Nothing,
}

/// Everything that a command needs.
#[derive(Clone)]
pub struct App {
    /// Settings in force.
    pub settings: Arc<Settings>,
    /// Use cases.
    pub services: Services,
    /// Public keys of tokens.
    pub keys: Arc<TokenKeys>,
    /// What documents cost.
    tariff: Arc<Tariff>,
    /// Where it meets the other servers of its deployment.
    pub(crate) redis: Option<Redis>,
    /// Whether this start made the sealing key.
    sealing: Sealing,
}

/// Where the sealing key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sealing {
    /// A file that was there.
    Found,
    /// This start made the file, because there was none.
    Made,
}

impl App {
    /// Opens keys, the store and the services with the system's clock and random ids.
    ///
    /// # Errors
    /// One line that says what to do: a missing key file, a database that cannot be opened.
    pub async fn open(settings: Settings) -> anyhow::Result<Self> {
        Self::open_with(settings, Arc::new(SystemClock), Arc::new(RandomIds::default())).await
    }

    /// Opens everything with a given clock and source of ids.
    ///
    /// # Errors
    /// As [`App::open`].
    pub async fn open_with(
        settings: Settings,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> anyhow::Result<Self> {
        create_folder(&settings)?;
        let (vault, keys, sealing) = open_keys(&settings)?;
        let db = Db::open(&settings.database.options(), clock, Arc::clone(&ids), vault)
            .await
            .with_context(|| format!("cannot open the database {:?}", settings.database))?;
        let keys = Arc::new(keys);
        let redis = Redis::open(&settings.redis, ids.as_ref(), &db)?;
        let identity = IdentityService::new(db.clone(), Arc::clone(&keys), settings.identity())?;
        let identity = match &redis {
            Some(redis) => identity.limited_by(redis.buckets()),
            None => identity,
        };
        let cases = CaseSettings {
            reopen_hours: settings.cases.reopen_hours,
            yellow_percent: settings.cases.yellow_percent,
            extensions: settings.cases.extensions,
        };
        let slices = SheetServices {
            org: OrgService::new(db.clone()),
            staff: StaffService::new(db.clone(), identity.clone()),
            catalogue: CategoryService::new(db.clone()),
            calendars: CalendarService::new(db.clone()),
            cases: CaseService::new(db.clone(), cases),
            audit: AuditService::new(db.clone(), settings.audit.refusals()),
        };
        let storage = Storage::open(&settings.attachments.place())?;
        let services = Services {
            files: FileService::new(db.clone(), storage, settings.attachments.files()),
            federation: federation::service(&settings.federation, &db, &identity)?,
            fieldwork: FieldworkService::new(db.clone(), slices.cases.clone()),
            personal: PersonalService::new(db.clone(), settings.personal.reveals_per_day),
            oversight: OversightService::new(db.clone(), identity.clone(), settings.oversight.rules()),
            org: slices.org.clone(),
            staff: slices.staff.clone(),
            identity,
            catalogue: slices.catalogue.clone(),
            calendars: slices.calendars.clone(),
            programmes: ProgrammeService::new(db.clone()),
            cases: slices.cases.clone(),
            audit: slices.audit.clone(),
            exchange: ExchangeService::new(db.clone(), slices.cases.clone(), settings.exchange.rules()),
            sheets: SheetService::new(db.clone(), slices, settings.files.sheets()),
            webhooks: WebhookService::new(db.clone(), settings.webhooks.rules()),
            events: EventLog::new(db.clone(), settings.events.most_told_again),
            db,
        };
        Ok(Self {
            settings: Arc::new(settings),
            services,
            keys,
            tariff: tariff::of_schema()?,
            redis,
            sealing,
        })
    }

    /// Migrates SQLite; examines PostgreSQL and refuses an unmigrated one or one without walls. Refuses a
    /// store that another key seals, and in production one with the demo in it.
    ///
    /// # Errors
    /// One line that names the object at fault, or the command to run.
    pub async fn prepare_store(&self) -> anyhow::Result<()> {
        let db = &self.services.db;
        if db.is_postgres() {
            let findings = Doctor::examine(db).await.context("the database does not answer")?;
            if !findings.is_empty() && !mutant::active(Mutant::WallsUnexamined) {
                bail!("refusing to serve: {}", findings.join("; "))
            }
        } else {
            Db::migrate(&self.settings.database.url).await.context("cannot migrate the SQLite database")?;
        }
        self.recognise_key().await?;
        let in_production =
            self.settings.profile == Profile::Production && !mutant::active(Mutant::DemoInProduction);
        if in_production && db.fact(Fact::Demo).await?.is_some() {
            bail!(
                "profile is production: this store holds the demo, whose passwords everybody knows; name another database"
            );
        }
        Ok(())
    }

    /// Refuses a sealing key that is not the store's: what it sealed would never open again, and what
    /// comes would be sealed by a second one.
    pub(crate) async fn recognise_key(&self) -> anyhow::Result<()> {
        let (db, file) = (&self.services.db, &self.settings.keys.sealing_file);
        let own = db.sealing_fingerprints()?;
        let known = db.keep_fact(Fact::SealingKey, own.first().map_or("", String::as_str)).await?;
        if own.contains(&known) || mutant::active(Mutant::NoKeyRecognition) {
            return Ok(());
        }
        if self.sealing == Sealing::Made {
            std::fs::remove_file(file).with_context(|| format!("cannot remove {}", file.display()))?;
        }
        bail!(
            "the store is sealed with the key {known}, and keys.sealing_file {} does not hold it: put the right file there",
            file.display()
        )
    }

    /// The relay of this server, and with Redis the work that wakes it when other servers placed events, and them when it
    /// did: each future runs until it is dropped.
    #[must_use]
    pub fn relay(&self) -> (Relay, Vec<BoxFuture<'static, ()>>) {
        let db = &self.services.db;
        let Some(redis) = &self.redis else { return (Relay::new(db.clone()), vec![]) };
        let (bell, work) = redis.bell(db);
        (Relay::new(db.clone()).ringing(bell), work.into())
    }

    /// The schema over the services.
    #[must_use]
    pub fn schema(&self) -> FengqiaoSchema {
        schema::build(Some(self.services.clone()))
    }

    /// The edge over the schema.
    ///
    /// # Errors
    /// One line that names a file of documents that cannot be used.
    pub fn edge(&self) -> anyhow::Result<Edge<Snapshots>> {
        let callers = Authentication::new(self.services.clone(), self.settings.profile);
        let buckets =
            self.redis.as_ref().map_or_else(|| Arc::new(LocalBuckets::default()) as _, Redis::buckets);
        let till = Till::new(Arc::clone(&self.tariff), buckets);
        let admission = Admission { documents: Documents::open(&self.settings.edge.documents)?, till };
        let schema = Snapshots::over(self.schema());
        Ok(Edge::new(schema, self.settings.edge.clone(), Arc::new(callers), admission))
    }

    /// Every route. `metrics` renders the metrics of the process; they are none of them where they have an address of their own.
    pub fn router(
        &self,
        edge: Edge<Snapshots>,
        offer: Offer,
        metrics: impl Fn() -> String + Send + Sync + 'static,
    ) -> Router {
        let (db, keys) = (self.services.db.clone(), Arc::clone(&self.keys));
        let probes = Probes {
            ready: Arc::new(move || {
                let db = db.clone();
                async move {
                    match db.ping().await {
                        Ok(()) => Readiness::Ready,
                        Err(error) => {
                            tracing::warn!(%error, "not ready");
                            Readiness::NotReady("database".to_owned())
                        }
                    }
                }
                .boxed()
            }),
            metrics: self.settings.metrics.listen.is_none().then(|| Arc::new(metrics) as _),
            keys: Arc::new(move || keys.jwks()),
        };
        let files = files::routes(Files {
            services: self.services.clone(),
            max_upload_bytes: self.settings.files.max_upload_bytes,
            max_attachment_bytes: self.settings.attachments.max_bytes,
            arrival: Duration::from_secs(self.settings.attachments.arrival_seconds.into()),
            stall: self.settings.edge.request.body_read_seconds.duration(),
            holding: Arc::new(Semaphore::new(HELD_AT_ONCE)),
        });
        let exchange = exchange::routes(Exchange {
            services: self.services.clone(),
            max_bytes: self.settings.exchange.max_bytes.into(),
            arrival: self.settings.edge.request.body_read_seconds.duration(),
            turns: Arc::new(Semaphore::new(self.settings.exchange.at_once as usize)),
        });
        let oauth = oauth::routes(OAuth {
            services: self.services.clone(),
            trusted_proxies: self.settings.edge.trusted_proxies.clone(),
            limits: self.settings.edge.request.clone(),
        });
        let explorer = self.settings.explorer.is_served(self.settings.profile).then_some(EXPLORER);
        let router = router(edge, files.merge(exchange).merge(oauth), probes, explorer);
        if offer == Offer::Demo {
            return router.route("/demo/accounts", get(async || Json(demo::accounts())));
        }
        router
    }
}

/// Serves until a signal; prints where and how to begin.
///
/// # Errors
/// No handler for signals.
pub async fn serve(
    app: App,
    listeners: Listeners,
    offer: Offer,
    loaded: Option<demo::Loaded>,
) -> anyhow::Result<()> {
    let rendered = telemetry::metrics()?;
    let metrics = move || rendered.render();
    let edge = app.edge()?;
    let drain = edge.drain().clone();
    let router = app.router(edge, offer, metrics.clone());
    let worker = Worker::begin(&app).await?;
    let limits = app.settings.edge.server.clone();
    let at =
        (listeners.api.local_addr()?, listeners.metrics.as_ref().map(TcpListener::local_addr).transpose()?);
    welcome(&app, at, offer, loaded).await?;
    // To the last: how a server stops is watched too.
    let mut watched = JoinSet::new();
    if let Some(listener) = listeners.metrics {
        let (page, limits) = (metrics_router(Arc::new(metrics)), limits.clone());
        watched.spawn(async move {
            server::serve(listener, page, Drain::default(), &limits, stream::pending()).await
        });
    }
    let stopped = server::serve(listeners.api, router, drain, &limits, server::stop_signals()?).await;
    app.services.sheets.stop();
    drop(worker);
    anchor::write_last(&app).await;
    tracing::info!(?stopped, "stopped");
    Ok(())
}

/// Says where the explorer is, who can sign in, and what to do with an empty store.
async fn welcome(
    app: &App,
    (address, metrics): (SocketAddr, Option<SocketAddr>),
    offer: Offer,
    loaded: Option<demo::Loaded>,
) -> anyhow::Result<()> {
    let explorer = if app.settings.explorer.is_served(app.settings.profile) {
        format!("http://{address}/ (explorer) and ")
    } else {
        String::new()
    };
    let mut lines = vec![format!("Fengqiao serves on {explorer}http://{address}/graphql")];
    lines.extend(metrics.map(|address| format!("metrics on http://{address}/metrics")));
    lines.extend(loaded.map(|loaded| format!("demo loaded: {loaded}")));
    let demo = offer == Offer::Demo;
    if demo && app.services.db.fact(Fact::Demo).await?.is_none() {
        lines.push("the store is not empty and holds no demo: --demo loaded nothing".to_owned());
    } else if demo {
        lines.push(format!("demo accounts (password {}):", demo::PASSWORD));
        let accounts = demo::shown_accounts().into_iter();
        lines.extend(accounts.map(|account| format!("  {:<28} {}", account.account, account.role)));
        lines.push("a token: fengqiao token --account xindi.worker@150302".to_owned());
    } else if app.services.org.is_empty().await.is_ok_and(|empty| empty) {
        let what = "the store is empty: create the first tenant with `fengqiao import units FILE.csv`";
        lines.push(what.to_owned());
    }
    if let Err(error) = output::line(lines.join("\n")) {
        tracing::warn!(%error, "the welcome cannot be printed");
    }
    Ok(())
}

/// Makes the folder of a SQLite database.
///
/// # Errors
/// When it cannot be made. When the database would be in memory: each connection has such a database of its
/// own, so that what one migrates the next does not find.
pub fn create_folder(settings: &Settings) -> anyhow::Result<()> {
    if settings.database.is_in_memory() {
        let url = &settings.database.url;
        bail!(
            "{url} names no file, and the store needs one: write sqlite://PATH, for example sqlite://data/fengqiao.db"
        );
    }
    let Some(file) = settings.database.sqlite_file() else { return Ok(()) };
    let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))
}

/// Reads the key files; the development profile makes missing ones, production refuses such keys.
fn open_keys(settings: &Settings) -> anyhow::Result<(Arc<Vault>, TokenKeys, Sealing)> {
    let keys = &settings.keys;
    let mut sealing = Sealing::Found;
    if settings.profile == Profile::Development {
        if !keys.sealing_file.exists() {
            Vault::generate(&keys.sealing_file, KeyOrigin::Development, Suite::default())?;
            sealing = Sealing::Made;
        }
        if !keys.token_file.exists() {
            TokenKeys::generate(&keys.token_file, KeyOrigin::Development)?;
        }
    }
    let vault = Vault::open(&keys.sealing_file)?;
    let tokens = TokenKeys::open(&keys.token_file)?;
    if settings.profile == Profile::Production && (vault.is_generated() || tokens.is_generated()) {
        bail!(
            "profile is production: keys made by a development start are refused; run `fengqiao keys` into new files"
        );
    }
    Ok((Arc::new(vault), tokens, sealing))
}
