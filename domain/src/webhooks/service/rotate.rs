//! Give a webhook another secret.

use serde_json::json;

use crate::kernel::failure::Failure;
use crate::kernel::id::WebhookId;
use crate::kernel::scope::Scope;
use crate::kernel::signature::Secret;
use crate::store::{Begun, Done};
use crate::webhooks::error::WebhookError;
use crate::webhooks::model::Issued;
use crate::webhooks::service::create::no_chance;
use crate::webhooks::service::{Answer, WebhookService, own, permit};
use crate::webhooks::store::{self, NewSecret};

impl WebhookService {
    /// Gives a webhook of the caller's own another secret, and says it once. The one of before signs too for a day. Needs
    /// `WEBHOOK_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_OWNER`.
    pub async fn rotate_secret(&self, scope: &Scope, id: WebhookId) -> Answer<Issued> {
        permit(scope)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.issued(scope, done).await,
        };
        own(&tx, id).await?;
        let secret = Secret::random().ok_or_else(no_chance)?;
        let old_until = tx.now().plus_seconds(self.settings.old_secret_seconds);
        store::rotate(&tx, &NewSecret { webhook: id, secret: &secret, old_until }).await?;
        let webhook = store::by_id(&tx, id).await?;
        let webhook = webhook.ok_or_else(|| Failure::user("webhookId", WebhookError::NotFound))?;
        tx.audit("webhook.rotate_secret", &id, json!({}));
        tx.commit(Done { id: id.uuid(), version: webhook.version }).await?;
        Ok(Issued { webhook, secret: Some(secret.text()) })
    }
}
