//! `webhookDisable`.

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::webhooks::{Webhook, WebhookUserError};
use async_graphql::{Context, ID, InputObject, SimpleObject};

/// Input of `webhookDisable`.
#[derive(InputObject)]
pub(super) struct WebhookDisableInput {
    /// Which webhook.
    webhook_id: ID,
}

/// Outcome of `webhookDisable`.
#[derive(SimpleObject)]
pub(super) struct WebhookDisablePayload {
    /// The webhook as it is now; null when `userErrors` says why not.
    webhook: Option<Webhook>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<WebhookUserError>,
}

/// Have a webhook called no more.
pub(super) async fn run(ctx: &Context<'_>, input: WebhookDisableInput) -> Outcome<WebhookDisablePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "webhookDisable")?;
    let webhook = id::parse(&input.webhook_id)?;
    let outcome = member.services().webhooks.disable(&scope, webhook).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(webhook) => WebhookDisablePayload { webhook: Some(Webhook(webhook)), user_errors: vec![] },
        Err(problems) => {
            WebhookDisablePayload { webhook: None, user_errors: WebhookUserError::all(ctx, problems) }
        }
    })
}
