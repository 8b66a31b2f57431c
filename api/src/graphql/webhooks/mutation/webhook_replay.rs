//! `webhookReplay`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::webhooks::ReplayWebhook;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::webhooks::WebhookUserError;

/// Input of `webhookReplay`.
#[derive(InputObject)]
pub(super) struct WebhookReplayInput {
    /// Which webhook.
    webhook_id: ID,
    /// All deliveries that were enqueued from then on.
    from_at: Option<DateTime>,
    /// These deliveries, at most 100.
    delivery_ids: Option<Vec<ID>>,
}

/// Outcome of `webhookReplay`.
#[derive(SimpleObject)]
pub(super) struct WebhookReplayPayload {
    /// How many deliveries wait again; null when `userErrors` says why not.
    replayed_count: Option<u64>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<WebhookUserError>,
}

/// Tell a webhook again what it was told, under the ids of before.
pub(super) async fn run(ctx: &Context<'_>, input: WebhookReplayInput) -> Outcome<WebhookReplayPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "webhookReplay")?;
    let command = ReplayWebhook {
        webhook: id::parse(&input.webhook_id)?,
        from: input.from_at.map(|from| from.0),
        deliveries: id::parse_all(&input.delivery_ids.unwrap_or_default(), 100)?,
    };
    let outcome = member.services().webhooks.replay(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(count) => WebhookReplayPayload { replayed_count: Some(count), user_errors: vec![] },
        Err(problems) => {
            WebhookReplayPayload { replayed_count: None, user_errors: WebhookUserError::all(ctx, problems) }
        }
    })
}
