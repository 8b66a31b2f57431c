//! Tells integrators what happened: finds what each webhook wants among the events, and sends it until it is taken. Any number of
//! servers may do it over one database.

mod sending;
mod spreading;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::join_all;
use futures::stream::FuturesUnordered;
use tokio::sync::Semaphore;
use tokio::time::MissedTickBehavior;

use crate::identity::directory as identity;
use crate::kernel::id::{TenantId, WebhookId};
use crate::kernel::permission::Permission;
use crate::kernel::scope::{PlatformScope, Scope};
use crate::store::{Db, StoreError, Tx};
use crate::webhooks::carrier::Carrier;
use crate::webhooks::model::Webhook;
use crate::webhooks::service::WebhookSettings;

/// Webhooks that are looked up at once.
const PAGE: usize = 200;
/// Connections of the application that it uses at a time, however many receivers answer at once.
const WRITERS: usize = 2;
/// Between two looks at what is no longer kept.
const SWEEP: Duration = Duration::from_mins(10);

/// Tells integrators of every tenant.
pub struct Dispatcher {
    db: Db,
    carrier: Arc<dyn Carrier>,
    settings: WebhookSettings,
    platform: PlatformScope,
    /// Who may write: those who answer people have the other connections.
    turns: Semaphore,
}

impl std::fmt::Debug for Dispatcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dispatcher").field("db", &self.db).finish_non_exhaustive()
    }
}

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Events that were enqueued for a webhook.
    pub enqueued: usize,
    /// Attempts that were made.
    pub attempts: usize,
}

impl Dispatcher {
    /// One over a store, by the right of the worker.
    #[must_use]
    pub fn new(
        db: Db,
        carrier: Arc<dyn Carrier>,
        settings: WebhookSettings,
        platform: PlatformScope,
    ) -> Self {
        Self { db, carrier, settings, platform, turns: Semaphore::new(WRITERS) }
    }

    /// Tells until dropped. What is on its way then is sent again by somebody, under the same id.
    pub async fn run(&self, every: Duration) {
        tokio::join!(self.spread_again(every), self.send_again(every), self.sweep_again());
    }

    /// One round over every tenant: enqueues what is wanted and sends what is due.
    ///
    /// # Errors
    /// [`StoreError`] when what is to be done cannot be found.
    pub async fn round(&self) -> Result<Round, StoreError> {
        let enqueued = self.spread().await?;
        let due = self.db.webhooks_due(PAGE).await?;
        let calls = due.into_iter().map(|(tenant, webhook)| self.call(tenant, webhook));
        let attempts = join_all(calls).await.into_iter().map(|(_, attempts)| attempts).sum();
        Ok(Round { enqueued, attempts })
    }

    /// Removes what was told longer ago than it is kept: how much.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn sweep(&self) -> Result<u64, StoreError> {
        self.db.sweep_deliveries(self.db.now().plus_seconds(-self.settings.keep_seconds)).await
    }

    async fn spread_again(&self, every: Duration) {
        loop {
            if let Err(error) = self.spread().await {
                tracing::warn!(%error, "webhooks are not told of events");
            }
            tokio::time::sleep(every).await;
        }
    }

    /// Calls webhooks side by side, each once at a time, so that none waits for another that is slow.
    async fn send_again(&self, every: Duration) {
        let (mut calls, mut busy) = (FuturesUnordered::new(), BTreeSet::new());
        let mut look = tokio::time::interval(every);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                Some((webhook, _)) = calls.next(), if !calls.is_empty() => {
                    busy.remove(&webhook);
                }
                _ = look.tick() => {
                    let free = self.settings.at_once.saturating_sub(calls.len());
                    let due = self.db.webhooks_due(free + busy.len()).await.unwrap_or_else(|error| {
                        tracing::warn!(%error, "webhooks are not called");
                        vec![]
                    });
                    let due = due.into_iter().filter(|(_, webhook)| !busy.contains(webhook)).take(free);
                    for (tenant, webhook) in due.collect::<Vec<_>>() {
                        busy.insert(webhook);
                        calls.push(self.call(tenant, webhook));
                    }
                }
            }
        }
    }

    async fn sweep_again(&self) {
        loop {
            tokio::time::sleep(SWEEP).await;
            match self.sweep().await {
                Ok(0) => {}
                Ok(deliveries) => tracing::info!(deliveries, "old deliveries were removed"),
                Err(error) => tracing::warn!(%error, "old deliveries could not be removed"),
            }
        }
    }

    /// Calls one webhook with what is due: which, and how many attempts that took.
    async fn call(&self, tenant: TenantId, webhook: WebhookId) -> (WebhookId, usize) {
        let attempts = self.send(tenant, webhook).await.unwrap_or_else(|error| {
            tracing::warn!(%webhook, %error, "a webhook is not called");
            0
        });
        (webhook, attempts)
    }
}

/// By whose eyes a webhook sees: its owner's with the grants of now. None when the owner is disabled, or may have none any more.
async fn eyes(tx: &Tx, webhook: &Webhook) -> Result<Option<Scope>, StoreError> {
    let scope = identity::scope_of(tx, webhook.account).await?;
    Ok(scope.filter(|scope| scope.permits(Permission::WebhookManage)))
}
