//! Have a webhook called no more.

use serde_json::json;

use crate::kernel::failure::Failure;
use crate::kernel::id::WebhookId;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};
use crate::webhooks::error::WebhookError;
use crate::webhooks::model::{DisabledReason, Webhook};
use crate::webhooks::service::{Answer, WebhookService, permit};
use crate::webhooks::store;

impl WebhookService {
    /// Disables a webhook of the caller's own, or, as staff, anybody's. Needs `WEBHOOK_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn disable(&self, scope: &Scope, id: WebhookId) -> Answer<Webhook> {
        permit(scope)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.webhook_done(scope, done).await,
        };
        if store::disable(&tx, id, DisabledReason::ByHand).await? {
            tx.audit("webhook.disable", &id, json!({ "reason": "by_hand" }));
        }
        let webhook = store::by_id(&tx, id).await?;
        let webhook = webhook.ok_or_else(|| Failure::user("webhookId", WebhookError::NotFound))?;
        tx.commit(Done { id: id.uuid(), version: webhook.version }).await?;
        Ok(webhook)
    }
}
