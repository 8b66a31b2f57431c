//! From what is enqueued to what is taken: an attempt is had by one process at a time, and one that ends in between leaves it to
//! others when its lease is over.

use futures::future::join_all;
use serde::Deserialize;
use serde_json::Value;

use crate::cases::EXTERNAL_LIMIT;
use crate::kernel::id::{TenantId, WebhookId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::kernel::signature::{Secret, signed};
use crate::kernel::text;
use crate::store::{Done, StoreError, WriteTx};
use crate::webhooks::carrier::{Answered, Letter};
use crate::webhooks::dispatcher::{Dispatcher, eyes};
use crate::webhooks::full;
use crate::webhooks::message::Sight;
use crate::webhooks::model::{
    Attempt, AttemptFault, DeliveryState, DisabledReason, WebhookContent, WebhookState,
};
use crate::webhooks::schedule;
use crate::webhooks::store::{self, Fate, Taken};

/// Longer than an answer may take: what a process has for itself beyond it, it writes down what came of it.
const MARGIN_SECONDS: i64 = 50;
/// Batches that are sent to one webhook before others have their turn.
const BATCHES: usize = 25;
/// Characters of an answer that are kept: enough to recognise an error by.
const ANSWER_LIMIT: usize = 200;
/// The answer of a receiver that wants to hear no more.
const GONE: u16 = 410;

/// What is about to be sent to one webhook.
struct Batch {
    url: String,
    secrets: Vec<Secret>,
    content: WebhookContent,
    taken: Vec<Taken>,
}

impl Dispatcher {
    /// Sends a webhook what is due: how many attempts that took.
    pub(super) async fn send(&self, tenant: TenantId, webhook: WebhookId) -> Result<usize, StoreError> {
        let mut attempts = 0;
        for _ in 0..BATCHES {
            let Some(batch) = self.batch(tenant, webhook).await? else { break };
            let sent = join_all(batch.taken.iter().map(|taken| self.attempt(tenant, &batch, taken))).await;
            attempts += sent.len();
            sent.into_iter().collect::<Result<(), StoreError>>()?;
        }
        Ok(attempts)
    }

    /// Takes what is due; none when there is nothing. What the owner may not see any more is withheld.
    async fn batch(&self, tenant: TenantId, id: WebhookId) -> Result<Option<Batch>, StoreError> {
        let _turn = self.turns.acquire().await;
        let mut tx = self.begin(&self.platform.enter(tenant)).await?;
        if !tx.stands_open().await? {
            return Ok(None);
        }
        let webhook = store::by_id(&tx, id).await?;
        let Some(webhook) = webhook.filter(|webhook| webhook.state == WebhookState::Enabled) else {
            return Ok(None);
        };
        let done = Done { id: id.uuid(), version: 1 };
        let Some(scope) = eyes(&tx, &webhook).await? else {
            self.end(&mut tx, id, DisabledReason::OwnerNotPermitted).await?;
            tx.commit(done).await?;
            return Ok(None);
        };
        let lease = tx.now().plus_seconds(self.settings.answer_seconds + MARGIN_SECONDS);
        let due = store::take(&tx, id, lease, self.settings.per_webhook).await?;
        let is_empty = due.is_empty();
        let mut taken = vec![];
        for one in due {
            if may_be_shown(&one, &scope) {
                taken.push(one);
            } else {
                store::withhold(&tx, one.row.id).await?;
            }
        }
        let secrets = store::secrets(&tx, id).await?;
        tx.commit(done).await?;
        let content = webhook.content;
        if content == WebhookContent::Full {
            taken = self.fill(tenant, &scope, taken).await?;
        }
        Ok((!is_empty).then_some(Batch { url: webhook.url, secrets, content, taken }))
    }

    /// Puts all that the owner sees now into what is about to be sent. What cannot be had now is left until its lease is over, so
    /// that nothing else waits for it.
    async fn fill(
        &self,
        tenant: TenantId,
        scope: &Scope,
        taken: Vec<Taken>,
    ) -> Result<Vec<Taken>, StoreError> {
        let anyone = mutant::active(Mutant::FullForAnyone).then(|| self.platform.enter(tenant));
        let reader = self.db.reader(anyone.as_ref().unwrap_or(scope));
        let tx = reader.tx().await?;
        let mut filled = vec![];
        for mut one in taken {
            match full::fill(&tx, &mut one.row).await {
                Ok(()) => filled.push(one),
                Err(error) => {
                    tracing::error!(delivery = %one.row.id, %error, "a case cannot be told in full");
                }
            }
        }
        Ok(filled)
    }

    async fn attempt(&self, tenant: TenantId, batch: &Batch, taken: &Taken) -> Result<(), StoreError> {
        let at = self.db.now();
        let (id, timestamp) = (taken.row.id.to_string(), at.micros().div_euclid(1_000_000));
        let letter = Letter {
            url: batch.url.clone(),
            signature: signed(&batch.secrets, &id, timestamp, &taken.row.body),
            id,
            timestamp,
            body: taken.row.body.clone(),
        };
        let answered = self.carrier.carry(&letter).await;
        let _turn = self.turns.acquire().await;
        let mut tx = self.begin(&self.platform.enter(tenant)).await?;
        let (fault, retry_after) = judged(&answered);
        let mut attempt = attempt(at.micros(), fault, &answered);
        if batch.content == WebhookContent::Full {
            // A receiver may say again what people wrote.
            attempt.answer.clear();
        }
        let wait = wait(&tx, taken, retry_after);
        let state = match (fault, wait) {
            (None, _) => DeliveryState::Delivered,
            (Some(_), None) => DeliveryState::Failed,
            (Some(_), Some(_)) => DeliveryState::Waiting,
        };
        let next = tx.now().plus_seconds(wait.unwrap_or_default());
        let status = attempt.status;
        let is_taken = fault.is_none() && batch.content == WebhookContent::Full;
        let receipt = if is_taken { receipt(&answered) } else { None };
        if store::mark(&tx, taken, Fate { state, attempt, next, receipt }).await? {
            self.counted(&mut tx, taken.row.webhook_id, fault, status).await?;
        }
        tx.commit(Done { id: taken.row.id.uuid(), version: 1 }).await?;
        Ok(())
    }

    /// Counts an attempt for its webhook, which may be its last.
    async fn counted(
        &self,
        tx: &mut WriteTx,
        webhook: WebhookId,
        fault: Option<AttemptFault>,
        status: Option<u16>,
    ) -> Result<(), StoreError> {
        if fault.is_none() {
            return store::succeeded(tx, webhook).await;
        }
        let since = store::failing(tx, webhook).await?;
        let patience = -self.settings.disable_after_seconds;
        if status == Some(GONE) {
            self.end(tx, webhook, DisabledReason::Gone).await
        } else if since.is_some_and(|since| since <= tx.now().plus_seconds(patience)) {
            self.end(tx, webhook, DisabledReason::Failing).await
        } else {
            Ok(())
        }
    }
}

/// Seconds until the next attempt; none when there is none.
fn wait(tx: &WriteTx, taken: &Taken, retry_after: Option<i64>) -> Option<i64> {
    let tries = usize::try_from(taken.row.tries).unwrap_or_default() + 1;
    let [die, ..] = tx.dice();
    schedule::wait(tries, retry_after, die)
}

/// Whether the owner may see what is about to be sent. What cannot be read is shown to nobody, and holds up nothing else.
fn may_be_shown(taken: &Taken, scope: &Scope) -> bool {
    // A test shows nothing.
    let Some(text) = &taken.row.sight else { return true };
    match serde_json::from_str::<Sight>(text) {
        Ok(sight) => sight.is_of(scope),
        Err(error) => {
            tracing::error!(delivery = %taken.row.id, %error, "it cannot be read who may be shown this");
            false
        }
    }
}

/// Why an attempt failed, if it did, and when its receiver wants to be asked again.
fn judged(answered: &Answered) -> (Option<AttemptFault>, Option<i64>) {
    match answered {
        Answered::Status { status: 200..=299, .. } => (None, None),
        Answered::Status { status: 300..=399, .. } => (Some(AttemptFault::Redirected), None),
        Answered::Status { retry_after, .. } => (Some(AttemptFault::Refused), *retry_after),
        Answered::Nothing(fault) => (Some(*fault), None),
    }
}

/// The number under which a receiver took what it was told, where its answer says one.
fn receipt(answered: &Answered) -> Option<String> {
    #[derive(Deserialize)]
    struct Said {
        number: Value,
    }
    let Answered::Status { text, .. } = answered else { return None };
    let said: Said = serde_json::from_str(text).ok()?;
    let number = match said.number {
        Value::String(number) => number,
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    text::line(&number, EXTERNAL_LIMIT).ok()
}

fn attempt(at: i64, fault: Option<AttemptFault>, answered: &Answered) -> Attempt {
    let (status, text) = match answered {
        Answered::Status { status, text, .. } => (Some(*status), text.as_str()),
        Answered::Nothing(_) => (None, ""),
    };
    let is_plain = |letter: &char| !letter.is_control() && *letter != char::REPLACEMENT_CHARACTER;
    Attempt { at, status, fault, answer: text.chars().filter(is_plain).take(ANSWER_LIMIT).collect() }
}
