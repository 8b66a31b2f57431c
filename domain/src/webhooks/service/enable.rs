//! Have a webhook called again.

use serde_json::json;

use crate::kernel::failure::Failure;
use crate::kernel::id::WebhookId;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};
use crate::webhooks::error::WebhookError;
use crate::webhooks::model::Webhook;
use crate::webhooks::service::{Answer, WebhookService, own, permit};
use crate::webhooks::store;

impl WebhookService {
    /// Enables a webhook of the caller's own. It goes on where it was, as far as events are kept. Needs `WEBHOOK_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_OWNER`.
    pub async fn enable(&self, scope: &Scope, id: WebhookId) -> Answer<Webhook> {
        permit(scope)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.webhook_done(scope, done).await,
        };
        own(&tx, id).await?;
        if store::enable(&tx, id).await? {
            tx.audit("webhook.enable", &id, json!({}));
        }
        let webhook = store::by_id(&tx, id).await?;
        let webhook = webhook.ok_or_else(|| Failure::user("webhookId", WebhookError::NotFound))?;
        tx.commit(Done { id: id.uuid(), version: webhook.version }).await?;
        Ok(webhook)
    }
}
