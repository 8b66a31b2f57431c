//! Webhooks and what they are told.
//!
//! Consumers: an integrator's operator sets one up, watches what came of it and mends it; staff see that it works.

use async_graphql::{Context, ID, Object, SimpleObject};
use fengqiao_domain::kernel::id::{Timestamp, WebhookId};
use fengqiao_domain::kernel::page::PageRequest;
use fengqiao_domain::webhooks as domain;

use super::enums::{
    WebhookContentKind, WebhookDeliveryState, WebhookDisabledKind, WebhookFaultKind, WebhookState,
};
use crate::graphql::cases::{Case, case_of};
use crate::graphql::catalogue::{Category, category_of};
use crate::graphql::context::member;
use crate::graphql::identity::{Account, account_of};
use crate::graphql::kit::connection::{Paged, TotalCount, connection, page_request};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::kit::weight::list_size;
use crate::graphql::org::{Unit, unit_of};

/// A place that is called when something happens to the cases that its owner sees (回调).
pub struct Webhook(pub domain::Webhook);

/// A place that is called when something happens to the cases that its owner sees (回调).
#[Object]
impl Webhook {
    /// Global id: `webhook_<uuid>`.
    pub(crate) async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// What its owner calls it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Where it is.
    async fn url(&self) -> &str {
        &self.0.url
    }

    /// Whose it is: it is told what this account may see when it is told. Null for whoever does not see the account.
    async fn account(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Account>> {
        account_of(ctx, Some(self.0.account)).await.map_err(Into::into).transpose()
    }

    /// Names of the events that are wanted, such as `case.handed_up`; empty for all.
    async fn event_types(&self) -> &[String] {
        &self.0.event_types
    }

    /// The categories whose cases are wanted, with those below them; empty for all.
    async fn categories(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Category>> {
        let found = self.0.categories.iter().map(|id| category_of(ctx, Some(*id)));
        Ok(futures::future::try_join_all(found).await?.into_iter().flatten().collect())
    }

    /// The unit in which, or in whose predecessors, the wanted cases lie; null for all.
    async fn unit(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Unit>> {
        unit_of(ctx, self.0.unit).await.map_err(Into::into).transpose()
    }

    /// How much is told.
    async fn content(&self) -> WebhookContentKind {
        self.0.content.into()
    }

    /// The system whose tickets alone are wanted, as `Case.external` names it; null for all cases.
    async fn external_source(&self) -> Option<&str> {
        self.0.external_source.as_deref()
    }

    /// Whether it is called.
    async fn state(&self) -> WebhookState {
        self.0.state.into()
    }

    /// Why it is disabled; null while it is enabled.
    async fn disabled_for(&self) -> Option<WebhookDisabledKind> {
        self.0.disabled.map(|(reason, _)| reason.into())
    }

    /// Since when it is disabled; null while it is enabled.
    async fn disabled_at(&self) -> Option<DateTime> {
        self.0.disabled.map(|(_, at)| DateTime(at))
    }

    /// Until when the secret of before the last rotation signs too; null when there was none.
    async fn old_secret_ends_at(&self) -> Option<DateTime> {
        self.0.old_secret_until.map(DateTime)
    }

    /// Since when every attempt failed; null after one that did not.
    async fn failing_since_at(&self) -> Option<DateTime> {
        self.0.failing_since.map(DateTime)
    }

    /// How many events of the tenant, wanted or not, were no longer kept when it got to them, after it was disabled for long, or could not be read.
    async fn missed_event_count(&self) -> u64 {
        self.0.missed_events
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Counts its changes; `webhookUpdate` needs it.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// What it was told and is to be told, newest first, as long as that is kept.
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of deliveries from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of deliveries from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<WebhookDelivery>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(deliveries(ctx, self.0.id, &page).await?)
    }
}

/// An event that is told to a webhook.
pub struct WebhookDelivery(pub(super) domain::WebhookDelivery);

/// An event that is told to a webhook, under one id however often it is tried.
#[Object]
impl WebhookDelivery {
    /// Global id: `delivery_<uuid>`; every attempt carries it as `webhook-id`.
    async fn id(&self) -> ID {
        id::text(self.0.id)
    }

    /// Name of the event, such as `case.handed_up`; `ping` for a test.
    async fn event_type(&self) -> &str {
        &self.0.event
    }

    /// The case that it is about; null for a test, and for whoever does not see the case.
    async fn case(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Case>> {
        case_of(ctx, self.0.case?).await.map_err(Into::into).transpose()
    }

    /// How far it is.
    async fn state(&self) -> WebhookDeliveryState {
        self.0.state.into()
    }

    /// What came of trying, oldest first, at most the last 20.
    #[graphql(directive = list_size::apply(Some(20), None))]
    async fn attempts(&self) -> Vec<WebhookAttempt> {
        self.0.attempts.iter().map(WebhookAttempt::of).collect()
    }

    /// When it is tried next; null unless it waits.
    async fn next_attempt_at(&self) -> Option<DateTime> {
        self.0.next_attempt_at.map(DateTime)
    }

    /// The number under which the receiver took it, where the content is `FULL`; null until it says one.
    async fn receipt_number(&self) -> Option<&str> {
        self.0.receipt.as_ref()?.number.as_deref()
    }

    /// Why the receiver did not accept it; null unless it says so.
    async fn refusal(&self) -> Option<&str> {
        self.0.receipt.as_ref()?.refusal.as_deref()
    }

    /// When the receiver said what became of it; null until it does.
    async fn receipt_at(&self) -> Option<DateTime> {
        self.0.receipt.as_ref().map(|receipt| DateTime(receipt.at))
    }

    /// When it was enqueued first.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// What came of trying once to tell a webhook something.
#[derive(SimpleObject)]
pub struct WebhookAttempt {
    /// When.
    attempted_at: DateTime,
    /// Status code of the answer; null when none came.
    http_code: Option<u32>,
    /// Why it failed; null when it was taken.
    fault: Option<WebhookFaultKind>,
    /// The beginning of the answer, at most 200 characters that can be printed.
    answer: String,
}

impl WebhookAttempt {
    fn of(attempt: &domain::Attempt) -> Self {
        Self {
            attempted_at: DateTime(Timestamp(attempt.at)),
            http_code: attempt.status.map(u32::from),
            fault: attempt.fault.map(Into::into),
            answer: attempt.answer.clone(),
        }
    }
}

/// A webhook by id; none that the caller does not see.
pub async fn webhook_of(ctx: &Context<'_>, id: WebhookId) -> Outcome<Option<Webhook>> {
    let member = member(ctx)?;
    let found = member.services().webhooks.webhook(member.scope(), member.reader(), id).await?;
    Ok(found.map(Webhook))
}

/// A page of the webhooks that the caller sees.
pub(super) async fn webhooks_seen(ctx: &Context<'_>, page: &PageRequest) -> Outcome<Paged<Webhook>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().webhooks.clone(), member.reader().clone());
    let rows = service.webhooks(reader.scope(), &reader, page).await?;
    let total = TotalCount::lazily(move || {
        let (service, reader) = (service.clone(), reader.clone());
        async move { Ok(service.count_webhooks(reader.scope(), &reader).await?) }
    });
    Ok(connection(rows, Webhook, total))
}

async fn deliveries(
    ctx: &Context<'_>,
    webhook: WebhookId,
    page: &PageRequest,
) -> Outcome<Paged<WebhookDelivery>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().webhooks.clone(), member.reader().clone());
    let rows = service.deliveries(reader.scope(), &reader, webhook, page).await?;
    let total = TotalCount::lazily(move || {
        let (service, reader) = (service.clone(), reader.clone());
        async move { Ok(service.count_deliveries(reader.scope(), &reader, webhook).await?) }
    });
    Ok(connection(rows, WebhookDelivery, total))
}
