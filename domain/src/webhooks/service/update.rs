//! Change where a webhook is and what it wants.

use serde_json::json;

use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};
use crate::webhooks::command::UpdateWebhook;
use crate::webhooks::error::WebhookError;
use crate::webhooks::model::Webhook;
use crate::webhooks::service::create::host;
use crate::webhooks::service::{Answer, WebhookService, known, own, permit};
use crate::webhooks::store;

impl WebhookService {
    /// Changes a webhook of the caller's own; what waits already goes to the new address. Needs `WEBHOOK_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_OWNER`, `CONFLICT`, and as for creating one.
    pub async fn update(&self, scope: &Scope, command: UpdateWebhook) -> Answer<Webhook> {
        permit(scope)?;
        let command = command.checked(&self.settings.addresses).map_err(Failure::User)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.webhook_done(scope, done).await,
        };
        let present = own(&tx, command.webhook).await?;
        let expected = present.version;
        let conflict = WebhookError::Conflict { current_version: expected };
        if expected != command.expected_version {
            return Err(Failure::user("expectedVersion", conflict));
        }
        let changed = changed(present, command);
        known(&tx, &changed.categories, changed.unit).await?;
        if !store::update(&tx, &changed, expected).await? {
            return Err(Failure::user("expectedVersion", conflict));
        }
        tx.audit("webhook.update", &changed.id, json!({ "host": host(&changed.url) }));
        tx.commit(Done { id: changed.id.uuid(), version: changed.version }).await?;
        Ok(changed)
    }
}

fn changed(present: Webhook, command: UpdateWebhook) -> Webhook {
    Webhook {
        name: command.name.unwrap_or(present.name),
        url: command.url.unwrap_or(present.url),
        event_types: command.event_types.unwrap_or(present.event_types),
        categories: command.categories.unwrap_or(present.categories),
        unit: command.unit.applied(present.unit),
        content: command.content.unwrap_or(present.content),
        external_source: command.external_source.applied(present.external_source),
        version: present.version + 1,
        ..present
    }
}
