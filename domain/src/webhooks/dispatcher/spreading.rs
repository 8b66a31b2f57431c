//! From events to what is enqueued for each webhook.

use serde_json::json;

use fengqiao_entity::webhooks::delivery::Model;

use crate::cases;
use crate::kernel::event::Event;
use crate::kernel::id::{CaseId, TenantId, Timestamp, WebhookId};
use crate::kernel::scope::Scope;
use crate::org::directory as org;
use crate::store::{Begun, Done, StoreError, ToTell, Tx, WriteTx};
use crate::webhooks::dispatcher::{Dispatcher, PAGE, eyes};
use crate::webhooks::message::{self, Sight};
use crate::webhooks::model::{DisabledReason, Webhook, WebhookState};
use crate::webhooks::store;
use crate::webhooks::wanted::Wanted;

/// Pages of events that one webhook looks at before others have their turn.
const TURNS: usize = 50;

/// A webhook as it is about to look at events.
struct Look {
    webhook: Webhook,
    /// By whose eyes.
    scope: Option<Scope>,
    wanted: Wanted,
    tenant_code: String,
}

impl Dispatcher {
    /// Enqueues what webhooks want of the events that they did not look at yet: how much.
    pub(super) async fn spread(&self) -> Result<usize, StoreError> {
        let mut enqueued = 0;
        for _ in 0..TURNS {
            let behind = self.db.webhooks_behind(PAGE).await?;
            if behind.is_empty() {
                break;
            }
            for (tenant, webhook) in behind {
                enqueued += self.spread_to(tenant, webhook).await.unwrap_or_else(|error| {
                    tracing::warn!(%webhook, %error, "a webhook is not told of events");
                    0
                });
            }
        }
        Ok(enqueued)
    }

    /// Enqueues a page of events for one webhook.
    async fn spread_to(&self, tenant: TenantId, webhook: WebhookId) -> Result<usize, StoreError> {
        let system = self.platform.enter(tenant);
        let before = self.db.reader(&system);
        let Some(Webhook { position: from, .. }) = self.enabled(&*before.tx().await?, webhook).await? else {
            return Ok(0);
        };
        before.renew().await;
        let ToTell { events, until } = self.db.events_to_tell(tenant, from).await?;
        // After the events: units that one of them put together are one by then, and eyes no older.
        let Some(look) = self.look(&system, webhook).await? else { return Ok(0) };
        let _turn = self.turns.acquire().await;
        let mut tx = self.begin(&system).await?;
        let present = store::held_by_id(&tx, webhook).await?;
        let same = present.is_some_and(|now| now.state == WebhookState::Enabled && now.position == from);
        if !same {
            // Somebody else looked meanwhile.
            return Ok(0);
        }
        let Some(scope) = &look.scope else {
            self.end(&mut tx, webhook, DisabledReason::OwnerNotPermitted).await?;
            tx.commit(Done { id: webhook.uuid(), version: 1 }).await?;
            return Ok(0);
        };
        let rows: Vec<Model> = events.iter().filter_map(|event| row(&tx, &look, scope, event)).collect();
        let rows = from_source(&tx, look.webhook.external_source.as_deref(), rows).await?;
        let enqueued = rows.len();
        store::enqueue(&tx, rows).await?;
        match until {
            Some(until) => {
                let told = i64::try_from(events.len()).unwrap_or(i64::MAX);
                store::move_on(&tx, webhook, until, until - from - told).await?;
            }
            // A restored database is behind what was looked at.
            None => store::move_on(&tx, webhook, tx.newest_position().await?, 0).await?,
        }
        tx.commit(Done { id: webhook.uuid(), version: 1 }).await?;
        Ok(enqueued)
    }

    /// A webhook that is enabled.
    async fn enabled(&self, tx: &Tx, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
        let webhook = store::by_id(tx, id).await?;
        Ok(webhook.filter(|webhook| webhook.state == WebhookState::Enabled))
    }

    /// What a webhook wants, and by whose eyes it sees; none when it is not enabled any more.
    async fn look(&self, system: &Scope, id: WebhookId) -> Result<Option<Look>, StoreError> {
        let reader = self.db.reader(system);
        let tx = reader.tx().await?;
        tx.ask_tables();
        let Some(webhook) = self.enabled(&tx, id).await? else { return Ok(None) };
        let tenant_code = org::district(&tx).await?.map_or_else(String::new, |unit| unit.code);
        let scope = eyes(&tx, &webhook).await?;
        let wanted = Wanted::look_up(&tx, &webhook).await?;
        Ok(Some(Look { webhook, scope, wanted, tenant_code }))
    }

    /// Begins a write of the work itself, which carries no idempotency key.
    pub(super) async fn begin(&self, system: &Scope) -> Result<WriteTx, StoreError> {
        match self.db.begin(system).await? {
            Begun::Fresh(tx) => Ok(tx),
            Begun::Replay(_) => Err(StoreError::Internal("work carries no key".to_owned())),
        }
    }

    /// Disables a webhook, and writes down why.
    pub(super) async fn end(
        &self,
        tx: &mut WriteTx,
        webhook: WebhookId,
        reason: DisabledReason,
    ) -> Result<(), StoreError> {
        if store::disable(tx, webhook, reason).await? {
            let reason: &'static str = reason.into();
            tx.audit("webhook.disable", &webhook, json!({ "reason": reason }));
            tracing::warn!(%webhook, reason, "a webhook was disabled");
        }
        Ok(())
    }
}

/// What is enqueued of the tickets of one system, where only those are wanted.
async fn from_source(tx: &WriteTx, source: Option<&str>, rows: Vec<Model>) -> Result<Vec<Model>, StoreError> {
    let Some(source) = source else { return Ok(rows) };
    let cases: Vec<CaseId> = rows.iter().filter_map(|row| row.case_id).collect();
    let came = cases::directory::of_source(tx, source, &cases).await?;
    Ok(rows.into_iter().filter(|row| row.case_id.is_some_and(|case| came.contains(&case))).collect())
}

/// What is enqueued of an event, if it is wanted and its owner may see it.
fn row(tx: &WriteTx, look: &Look, scope: &Scope, event: &Event) -> Option<Model> {
    let sight = Sight::of(event);
    if !sight.is_of(scope) {
        return None;
    }
    let told = look.wanted.told(event)?;
    Some(Model {
        tenant_id: tx.scope().tenant(),
        id: tx.new_id(),
        webhook_id: look.webhook.id,
        account_id: look.webhook.account,
        event_id: event.id.uuid(),
        event: event.name.clone(),
        case_id: Some(told.case),
        position: event.position,
        body: message::body(event.id, &event.name, &look.tenant_code, &told),
        sight: serde_json::to_string(&sight).ok(),
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
}
