//! What another system was told of a case, and what it made of it.
//!
//! Consumers: whoever works the case sees whether the hotline and the upper platform know.

use async_graphql::{Context, Object};
use fengqiao_domain::kernel::id::CaseId;
use fengqiao_domain::webhooks as domain;

use super::loaders::ToldOf;
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::webhooks::WebhookDeliveryState;

/// What another system was told of a case (回传), and what it made of it.
pub struct CaseExchange(domain::ToldCase);

/// What another system was told of a case (回传、上报), and what it made of it (回执).
#[Object]
impl CaseExchange {
    /// What the webhook is called by which it is told.
    async fn webhook_name(&self) -> &str {
        &self.0.webhook_name
    }

    /// Name of the event, such as `case.completed`; `case.resent` for what was told again because somebody wanted it.
    async fn event_type(&self) -> &str {
        &self.0.delivery.event
    }

    /// How far it is.
    async fn state(&self) -> WebhookDeliveryState {
        self.0.delivery.state.into()
    }

    /// How often it was tried, as far as that is remembered.
    async fn attempt_count(&self) -> usize {
        self.0.delivery.attempts.len()
    }

    /// When it is tried next; null unless it waits.
    async fn next_attempt_at(&self) -> Option<DateTime> {
        self.0.delivery.next_attempt_at.map(DateTime)
    }

    /// The number under which the other system took it; null until it says one.
    async fn receipt_number(&self) -> Option<&str> {
        self.0.delivery.receipt.as_ref()?.number.as_deref()
    }

    /// Why the other system did not accept it; null unless it says so.
    async fn refusal(&self) -> Option<&str> {
        self.0.delivery.receipt.as_ref()?.refusal.as_deref()
    }

    /// When the other system said what became of it; null until it does.
    async fn receipt_at(&self) -> Option<DateTime> {
        Some(DateTime(self.0.delivery.receipt.as_ref()?.at))
    }

    /// When it was to be told first.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.delivery.created_at)
    }
}

/// What other systems were told of a case, newest first.
pub async fn exchanges_of(ctx: &Context<'_>, case: CaseId) -> Outcome<Vec<CaseExchange>> {
    let told = member(ctx)?.told().load_one(ToldOf(case)).await?;
    Ok(told.unwrap_or_default().into_iter().map(CaseExchange).collect())
}
