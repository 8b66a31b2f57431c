//! Have a place called.

use serde_json::json;

use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::kernel::signature::Secret;
use crate::store::{Begun, Done, StoreError};
use crate::webhooks::command::CreateWebhook;
use crate::webhooks::error::WebhookError;
use crate::webhooks::model::{Issued, Webhook, WebhookState};
use crate::webhooks::service::{Answer, WebhookService, known, permit};
use crate::webhooks::store;

impl WebhookService {
    /// Has a place called from now on, by the right of the caller, and says once what it is signed with. Needs `WEBHOOK_MANAGE`.
    ///
    /// # Errors
    /// `INVALID_URL`, `SCHEME_NOT_ALLOWED`, `ADDRESS_NOT_ALLOWED`, `UNKNOWN_EVENT_TYPE`, `CATEGORY_NOT_FOUND`, `UNIT_NOT_FOUND`,
    /// `TOO_MANY`, `REQUIRED`, `TOO_LONG`, `INVALID_TEXT`.
    pub async fn create(&self, scope: &Scope, command: CreateWebhook) -> Answer<Issued> {
        permit(scope)?;
        let account = scope.account().ok_or(Failure::Denied)?;
        let command = command.checked(&self.settings.addresses).map_err(Failure::User)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.issued(scope, done).await,
        };
        known(&tx, &command.categories, command.unit).await?;
        let limit = self.settings.most_per_account;
        tx.hold_alone(&format!("webhooks of {account}")).await?;
        if store::owned(&tx, account, limit).await? >= limit {
            return Err(Failure::user("", WebhookError::TooMany { limit }));
        }
        let webhook = Webhook {
            id: tx.new_id(),
            account,
            name: command.name,
            url: command.url,
            event_types: command.event_types,
            categories: command.categories,
            unit: command.unit,
            content: command.content,
            external_source: command.external_source,
            state: WebhookState::Enabled,
            disabled: None,
            old_secret_until: None,
            // What happened before is not told.
            position: tx.newest_position().await?,
            missed_events: 0,
            failing_since: None,
            created_at: tx.now(),
            version: 1,
        };
        let secret = Secret::random().ok_or_else(no_chance)?;
        store::insert(&tx, &webhook, &secret).await?;
        tx.audit("webhook.create", &webhook.id, json!({ "host": host(&webhook.url) }));
        tx.commit(Done { id: webhook.id.uuid(), version: 1 }).await?;
        Ok(Issued { webhook, secret: Some(secret.text()) })
    }

    /// What was issued under the same idempotency key, with its secret unless that was rotated since.
    pub(super) async fn issued(&self, scope: &Scope, done: Done) -> Answer<Issued> {
        let webhook = self.webhook_done(scope, done).await?;
        let reader = self.db.reader(scope);
        let tx = reader.tx().await?;
        let same = webhook.version == done.version && scope.account() == Some(webhook.account);
        let secret = if same { store::shown_secret(&tx, webhook.id).await? } else { None };
        Ok(Issued { webhook, secret })
    }
}

/// The system has no randomness.
pub(super) fn no_chance() -> StoreError {
    StoreError::Internal("no randomness for a secret".to_owned())
}

/// Of an address only its host is written down elsewhere: the rest may be a secret.
pub(super) fn host(url: &str) -> Option<String> {
    url::Url::parse(url).ok()?.host_str().map(str::to_owned)
}
