//! What the exchange slice asks of webhooks inside its own transaction.

use std::collections::HashMap;

use serde_json::Value;

use fengqiao_entity::webhooks::delivery::Model;

use crate::cases::Case;
use crate::kernel::id::{CaseId, EventId, Timestamp, WebhookDeliveryId, WebhookId};
use crate::kernel::place::Visibility;
use crate::store::{StoreError, Tx};
use crate::webhooks::full;
use crate::webhooks::message::{self, RESENT, Sight};
use crate::webhooks::model::{Receipt, Webhook};
use crate::webhooks::store;

/// A webhook that whoever asks sees.
pub(crate) async fn webhook(tx: &Tx, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
    store::by_id(tx, id).await
}

/// Writes down what a receiver made of a delivery: whether there is such a one of the webhook.
pub(crate) async fn acknowledge(
    tx: &Tx,
    told: (WebhookId, WebhookDeliveryId),
    receipt: &Receipt,
) -> Result<bool, StoreError> {
    store::acknowledge(tx, told, receipt).await
}

/// The number under which the receiver of a webhook took each of some cases last.
pub(crate) async fn receipts(
    tx: &Tx,
    webhook: WebhookId,
    cases: &[CaseId],
) -> Result<HashMap<CaseId, String>, StoreError> {
    store::receipts(tx, webhook, cases).await
}

/// A case as a webhook that is told all is told it, as whoever asks sees it now; nothing when they do not.
pub(crate) async fn shown(tx: &Tx, case: CaseId) -> Result<Option<Value>, StoreError> {
    full::shown(tx, case).await
}

/// Enqueues a case for a webhook as it is now, for whoever sees it so.
pub(crate) async fn tell_again(
    tx: &Tx,
    (webhook, tenant_code): (&Webhook, &str),
    cases: Vec<(Case, Visibility)>,
) -> Result<(), StoreError> {
    let position = tx.newest_position().await?;
    let rows = cases.into_iter().map(|(case, visibility)| {
        let event: EventId = tx.new_id();
        Ok(Model {
            tenant_id: tx.scope().tenant(),
            id: tx.new_id(),
            webhook_id: webhook.id,
            account_id: webhook.account,
            event_id: event.uuid(),
            event: RESENT.to_owned(),
            case_id: Some(case.id),
            // After what was told of it until now; what waits at the same place may come beside it, and says which version it tells of.
            position,
            body: message::again(event, tenant_code, &case, tx.now()),
            sight: Some(sight(visibility)?),
            state: "waiting".to_owned(),
            tries: 0,
            attempts: "[]".to_owned(),
            next_attempt_at: tx.now(),
            lease_until_at: Timestamp(0),
            created_at: tx.now(),
            receipt_number: None,
            receipt_at: None,
            refusal: None,
        })
    });
    store::enqueue(tx, rows.collect::<Result<_, StoreError>>()?).await
}

fn sight(visibility: Visibility) -> Result<String, StoreError> {
    serde_json::to_string(&Sight::now(visibility)).map_err(|error| StoreError::Internal(error.to_string()))
}
