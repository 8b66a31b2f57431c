//! `webhookTest`.

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::webhooks::WebhookUserError;
use crate::graphql::webhooks::types::WebhookDelivery;
use async_graphql::{Context, ID, InputObject, SimpleObject};

/// Input of `webhookTest`.
#[derive(InputObject)]
pub(super) struct WebhookTestInput {
    /// Which webhook.
    webhook_id: ID,
}

/// Outcome of `webhookTest`.
#[derive(SimpleObject)]
pub(super) struct WebhookTestPayload {
    /// The test, which is sent soon; null when `userErrors` says why not.
    delivery: Option<WebhookDelivery>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<WebhookUserError>,
}

/// Send a webhook a test.
pub(super) async fn run(ctx: &Context<'_>, input: WebhookTestInput) -> Outcome<WebhookTestPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "webhookTest")?;
    let webhook = id::parse(&input.webhook_id)?;
    let outcome = member.services().webhooks.test(&scope, webhook).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(delivery) => WebhookTestPayload { delivery: Some(WebhookDelivery(delivery)), user_errors: vec![] },
        Err(problems) => {
            WebhookTestPayload { delivery: None, user_errors: WebhookUserError::all(ctx, problems) }
        }
    })
}
