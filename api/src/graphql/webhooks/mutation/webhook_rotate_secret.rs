//! `webhookRotateSecret`.

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::webhooks::{Webhook, WebhookUserError};
use async_graphql::{Context, ID, InputObject, SimpleObject};

/// Input of `webhookRotateSecret`.
#[derive(InputObject)]
pub(super) struct WebhookRotateSecretInput {
    /// Which webhook.
    webhook_id: ID,
}

/// Outcome of `webhookRotateSecret`.
#[derive(SimpleObject)]
pub(super) struct WebhookRotateSecretPayload {
    /// The webhook as it is now; null when `userErrors` says why not.
    webhook: Option<Webhook>,
    /// What its messages are signed with: `whsec_` and 32 bytes in Base64. It is said this once; null when `userErrors` says why not.
    secret: Option<String>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<WebhookUserError>,
}

/// Give a webhook another secret.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: WebhookRotateSecretInput,
) -> Outcome<WebhookRotateSecretPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "webhookRotateSecret")?;
    let webhook = id::parse(&input.webhook_id)?;
    let outcome = member.services().webhooks.rotate_secret(&scope, webhook).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(issued) => WebhookRotateSecretPayload {
            webhook: Some(Webhook(issued.webhook)),
            secret: issued.secret,
            user_errors: vec![],
        },
        Err(problems) => WebhookRotateSecretPayload {
            webhook: None,
            secret: None,
            user_errors: WebhookUserError::all(ctx, problems),
        },
    })
}
