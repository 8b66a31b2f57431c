//! Use cases of the webhooks slice, one per file.

mod create;
mod disable;
mod enable;
mod query;
mod replay;
mod rotate;
mod test;
mod update;

use crate::catalogue::directory as catalogue;
use crate::kernel::address::Addresses;
use crate::kernel::failure::Failure;
use crate::kernel::id::{CategoryId, UnitId, WebhookId};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::org::directory as org;
use crate::store::{Db, Done, Tx};
use crate::webhooks::error::WebhookError;
use crate::webhooks::model::Webhook;
use crate::webhooks::store;

/// What a use case of this slice answers.
type Answer<T> = Result<T, Failure<WebhookError>>;

/// What an operator may set.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    /// Which addresses are called.
    pub addresses: Addresses,
    /// Most webhooks of one account.
    pub most_per_account: u64,
    /// How long the secret of before signs too.
    pub old_secret_seconds: i64,
    /// How long a webhook may fail before it is disabled.
    pub disable_after_seconds: i64,
    /// How long it is kept what was told.
    pub keep_seconds: i64,
    /// How long one attempt may take.
    pub answer_seconds: i64,
    /// How many webhooks one process calls at a time.
    pub at_once: usize,
    /// How many messages to one webhook are on their way from one process.
    pub per_webhook: u64,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            addresses: Addresses::default(),
            most_per_account: 20,
            old_secret_seconds: 86_400,
            disable_after_seconds: 5 * 86_400,
            keep_seconds: 30 * 86_400,
            answer_seconds: 10,
            at_once: 16,
            per_webhook: 4,
        }
    }
}

/// Use cases of webhooks.
#[derive(Clone, Debug)]
pub struct WebhookService {
    db: Db,
    settings: WebhookSettings,
}

impl WebhookService {
    /// The service over a store.
    #[must_use]
    pub const fn new(db: Db, settings: WebhookSettings) -> Self {
        Self { db, settings }
    }

    /// The webhook that a use case with the same idempotency key wrote.
    async fn webhook_done(&self, scope: &Scope, done: Done) -> Answer<Webhook> {
        let reader = self.db.reader(scope);
        let found = store::by_id(&*reader.tx().await?, WebhookId::from_uuid(done.id)).await?;
        found.ok_or_else(|| Failure::user("", WebhookError::NotFound))
    }
}

/// Whoever may have no webhooks is told nothing of any.
fn permit(scope: &Scope) -> Answer<()> {
    if scope.permits(Permission::WebhookManage) { Ok(()) } else { Err(Failure::Denied) }
}

/// A webhook of the caller's own: it is told what its owner sees, so that nobody else says where.
async fn own(tx: &Tx, id: WebhookId) -> Answer<Webhook> {
    let Some(webhook) = store::held_by_id(tx, id).await? else {
        return Err(Failure::user("webhookId", WebhookError::NotFound));
    };
    if Some(webhook.account) != tx.scope().account() {
        return Err(Failure::user("webhookId", WebhookError::NotOwner));
    }
    Ok(webhook)
}

/// Whether the categories and the unit that a webhook names are there.
async fn known(tx: &Tx, categories: &[CategoryId], unit: Option<UnitId>) -> Answer<()> {
    for (at, category) in categories.iter().enumerate() {
        if catalogue::category(tx, *category).await?.is_none() {
            return Err(Failure::user(&format!("categoryIds.{at}"), WebhookError::CategoryNotFound));
        }
    }
    match unit {
        Some(unit) if org::unit(tx, unit).await?.is_none() => {
            Err(Failure::user("unitId", WebhookError::UnitNotFound))
        }
        _ => Ok(()),
    }
}
