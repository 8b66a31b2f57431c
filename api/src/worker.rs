//! What a server does beside answering: it places events, seals the audit trail, keeps the time of cases, tells integrators, and removes what is kept for some
//! time only. Any number of servers may do it over one database.

use std::sync::Arc;
use std::time::Duration;

use fengqiao_domain::cases::Timekeeper;
use fengqiao_domain::exchange::EXCHANGE;
use fengqiao_domain::fieldwork::FIELD_KEPT;
use fengqiao_domain::files::{FileService, Swept};
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_domain::webhooks::Dispatcher;
use fengqiao_domain::{Db, Sealer};
use tokio::task::JoinHandle;

use crate::anchor;
use crate::app::App;
use crate::config::Settings;
use crate::webhooks::{HttpCarrier, SystemNames};

/// Between two looks for files whose time is over: they are kept for hours.
const SWEEP: Duration = Duration::from_mins(10);

/// So many looks for old files; the first is for what crashes left, and the last for bytes that no row knows: once a day, for these read
/// the names of all.
const LOOKS: u32 = 144;

/// The work of one server; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Worker(Vec<JoinHandle<()>>);

impl Worker {
    /// Begins the work, once it is known how far events got.
    ///
    /// # Errors
    /// When the database does not answer.
    #[expect(clippy::disallowed_methods, reason = "the tasks are owned here and end with the server")]
    pub(crate) async fn begin(app: &App) -> anyhow::Result<Self> {
        let db = app.services.db.clone();
        let (relay, bell) = app.relay();
        relay.begin().await?;
        let every = Duration::from_secs(u64::from(app.settings.cases.watch_seconds));
        let sealer = Sealer::new(db.clone());
        let platform = PlatformScope::for_worker("keep the time of cases");
        // A database of before, after a restore, does not know what was brought since: unless somebody says so, nothing is taken from it.
        let looks = if app.settings.attachments.sweep_unknown { LOOKS } else { LOOKS - 1 };
        let timekeeper = Timekeeper::new(db.clone(), app.services.cases.clone(), platform);
        let mut tasks: Vec<_> = bell.into_iter().map(tokio::spawn).collect();
        tasks.extend([
            tokio::spawn(async move { relay.run().await }),
            tokio::spawn(async move { sealer.run().await }),
            tokio::spawn(anchor::keep(db.clone(), app.settings.audit.clone())),
            tokio::spawn(async move { Box::pin(timekeeper.run(every)).await }),
            tokio::spawn(swept(db, Kept::of(&app.settings))),
            tokio::spawn(swept_attachments(app.services.files.clone(), looks)),
        ]);
        let look = app.settings.webhooks.look();
        match dispatcher(app) {
            Ok(dispatcher) => {
                tasks.push(tokio::spawn(async move { Box::pin(dispatcher.run(look)).await }));
            }
            // A machine without trust anchors answers people all the same.
            Err(error) => tracing::error!(error = format!("{error:#}"), "integrators are not told anything"),
        }
        Ok(Self(tasks))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.iter().for_each(JoinHandle::abort);
    }
}

/// What tells integrators, over HTTP.
fn dispatcher(app: &App) -> anyhow::Result<Dispatcher> {
    let rules = app.settings.webhooks.rules();
    let carrier =
        HttpCarrier::new(rules.addresses.clone(), Arc::new(SystemNames), app.settings.webhooks.answer())?;
    let platform = PlatformScope::for_worker("tell integrators what happened");
    Ok(Dispatcher::new(app.services.db.clone(), Arc::new(carrier), rules, platform))
}

/// How long what is swept is kept.
struct Kept {
    events: Duration,
    keys: Duration,
    audit: Duration,
}

impl Kept {
    fn of(settings: &Settings) -> Self {
        Self {
            events: settings.events.kept(),
            keys: settings.idempotency.kept(),
            audit: settings.audit.kept(),
        }
    }
}

/// Removes what is kept for some time only, again and again.
async fn swept(db: Db, kept: Kept) {
    loop {
        tokio::time::sleep(SWEEP).await;
        match db.sweep().await {
            Ok(0) => {}
            Ok(parts) => tracing::info!(parts, "old files were removed"),
            Err(error) => tracing::warn!(%error, "old files could not be removed"),
        }
        match db.sweep_events(kept.events).await {
            Ok(0) => {}
            Ok(events) => tracing::info!(events, "old events were removed"),
            Err(error) => tracing::warn!(%error, "old events could not be removed"),
        }
        match db.sweep_audit(kept.audit).await {
            Ok(0) => {}
            Ok(entries) => tracing::info!(entries, "old entries of the audit trail were removed"),
            Err(error) => tracing::warn!(%error, "old entries of the audit trail could not be removed"),
        }
        // So that a server that nobody asks anything learns of a new key.
        if let Err(error) = db.sealing_key() {
            tracing::warn!(%error, "there is no sealing key");
        }
        match db.sweep_reveals().await {
            Ok(0) => {}
            Ok(reveals) => tracing::info!(reveals, "what counted of who read people whole was removed"),
            Err(error) => tracing::warn!(%error, "what counts no more of who read people whole stays"),
        }
        match db.sweep_keys(kept.keys, ([FIELD_KEPT.0, EXCHANGE], FIELD_KEPT.1)).await {
            Ok(0) => {}
            Ok(keys) => tracing::info!(keys, "old idempotency keys were removed"),
            Err(error) => tracing::warn!(%error, "old idempotency keys could not be removed"),
        }
    }
}

/// Removes attachments that nobody attached, again and again; once in so many looks what crashes left in the folder, and bytes
/// that no row knows.
async fn swept_attachments(files: FileService, looks: u32) {
    let platform = PlatformScope::for_worker("remove what nobody attached");
    for look in (1..=looks).cycle() {
        let swept = match look {
            1 => files.sweep_staged(&platform).await,
            look if look == LOOKS => files.sweep_bytes(&platform).await,
            _ => files.sweep(&platform).await,
        };
        match swept {
            Ok(swept) if swept == Swept::default() => {}
            Ok(swept) => tracing::info!(?swept, "old attachments were removed"),
            Err(error) => tracing::warn!(?error, "old attachments could not be removed"),
        }
        tokio::time::sleep(SWEEP).await;
    }
}
