//! `webhookEnable`.

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::webhooks::{Webhook, WebhookUserError};
use async_graphql::{Context, ID, InputObject, SimpleObject};

/// Input of `webhookEnable`.
#[derive(InputObject)]
pub(super) struct WebhookEnableInput {
    /// Which webhook.
    webhook_id: ID,
}

/// Outcome of `webhookEnable`.
#[derive(SimpleObject)]
pub(super) struct WebhookEnablePayload {
    /// The webhook as it is now; null when `userErrors` says why not.
    webhook: Option<Webhook>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<WebhookUserError>,
}

/// Have a webhook called again.
pub(super) async fn run(ctx: &Context<'_>, input: WebhookEnableInput) -> Outcome<WebhookEnablePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "webhookEnable")?;
    let webhook = id::parse(&input.webhook_id)?;
    let outcome = member.services().webhooks.enable(&scope, webhook).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(webhook) => WebhookEnablePayload { webhook: Some(Webhook(webhook)), user_errors: vec![] },
        Err(problems) => {
            WebhookEnablePayload { webhook: None, user_errors: WebhookUserError::all(ctx, problems) }
        }
    })
}
