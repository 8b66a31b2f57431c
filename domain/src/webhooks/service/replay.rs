//! Tell a webhook again.

use std::collections::BTreeSet;

use serde_json::json;

use crate::kernel::failure::Failure;
use crate::kernel::id::WebhookDeliveryId;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};
use crate::webhooks::command::ReplayWebhook;
use crate::webhooks::error::WebhookError;
use crate::webhooks::model::WebhookState;
use crate::webhooks::service::{Answer, WebhookService, own, permit};
use crate::webhooks::store;

impl WebhookService {
    /// Enqueues again what was told, under the ids of before: these deliveries, and those since an instant. What waits, waits.
    /// How many. Needs `WEBHOOK_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_OWNER`, `DISABLED`, and `REQUIRED` where nothing is named.
    pub async fn replay(&self, scope: &Scope, command: ReplayWebhook) -> Answer<u64> {
        permit(scope)?;
        if command.from.is_none() && command.deliveries.is_empty() {
            return Err(Failure::user("", WebhookError::Required));
        }
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            // How many there were is kept in place of a version.
            Begun::Replay(done) => return Ok(u64::try_from(done.version).unwrap_or_default()),
        };
        let webhook = own(&tx, command.webhook).await?;
        if webhook.state == WebhookState::Disabled {
            return Err(Failure::user("webhookId", WebhookError::Disabled));
        }
        let found = store::deliveries(&tx, &command.deliveries).await?;
        let told: BTreeSet<WebhookDeliveryId> =
            found.iter().filter(|one| one.webhook == webhook.id).map(|one| one.id).collect();
        if let Some(at) = command.deliveries.iter().position(|id| !told.contains(id)) {
            return Err(Failure::user(&format!("deliveryIds.{at}"), WebhookError::NotFound));
        }
        let again = store::enqueue_again(&tx, &command).await?;
        tx.audit("webhook.replay", &webhook.id, json!({ "deliveries": again }));
        let version = i64::try_from(again).unwrap_or(i64::MAX);
        tx.commit(Done { id: webhook.id.uuid(), version }).await?;
        Ok(again)
    }
}
