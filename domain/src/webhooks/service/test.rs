//! Send a webhook a test.

use serde_json::json;
use uuid::Uuid;

use fengqiao_entity::webhooks::delivery::Model;

use crate::kernel::failure::Failure;
use crate::kernel::id::{EventId, Timestamp, WebhookDeliveryId, WebhookId};
use crate::kernel::scope::Scope;
use crate::org::directory as org;
use crate::store::{Begun, Done, Tx};
use crate::webhooks::error::WebhookError;
use crate::webhooks::message::{self, PING};
use crate::webhooks::model::{Webhook, WebhookDelivery, WebhookState};
use crate::webhooks::service::{Answer, WebhookService, own, permit};
use crate::webhooks::store;

impl WebhookService {
    /// Enqueues a test, which goes the way of every event. Needs `WEBHOOK_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_OWNER`, `DISABLED`.
    pub async fn test(&self, scope: &Scope, id: WebhookId) -> Answer<WebhookDelivery> {
        permit(scope)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.delivery_done(scope, done).await,
        };
        let webhook = own(&tx, id).await?;
        if webhook.state == WebhookState::Disabled {
            return Err(Failure::user("webhookId", WebhookError::Disabled));
        }
        let code = org::district(&tx).await?.map_or_else(String::new, |unit| unit.code);
        let row = ping(&tx, &webhook, &code);
        let delivery = row.id;
        store::enqueue(&tx, vec![row]).await?;
        let delivery = found(&tx, delivery).await?;
        tx.audit("webhook.test", &id, json!({}));
        tx.commit(Done { id: delivery.id.uuid(), version: 1 }).await?;
        Ok(delivery)
    }

    async fn delivery_done(&self, scope: &Scope, done: Done) -> Answer<WebhookDelivery> {
        let reader = self.db.reader(scope);
        found(&*reader.tx().await?, WebhookDeliveryId::from_uuid(done.id)).await
    }
}

async fn found(tx: &Tx, id: WebhookDeliveryId) -> Answer<WebhookDelivery> {
    let delivery = store::deliveries(tx, &[id]).await?.pop();
    delivery.ok_or_else(|| Failure::user("", WebhookError::NotFound))
}

fn ping(tx: &Tx, webhook: &Webhook, code: &str) -> Model {
    let event: Uuid = tx.new_id::<EventId>().uuid();
    Model {
        tenant_id: tx.scope().tenant(),
        id: tx.new_id(),
        webhook_id: webhook.id,
        account_id: webhook.account,
        event_id: event,
        event: PING.to_owned(),
        case_id: None,
        position: 0,
        body: message::ping(event, code, tx.now()),
        sight: None,
        state: "waiting".to_owned(),
        tries: 0,
        attempts: "[]".to_owned(),
        next_attempt_at: tx.now(),
        lease_until_at: Timestamp(0),
        created_at: tx.now(),
        receipt_number: None,
        receipt_at: None,
        refusal: None,
    }
}
