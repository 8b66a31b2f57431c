//! `webhookUpdate`.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, SimpleObject};
use fengqiao_domain::webhooks::UpdateWebhook;

use crate::graphql::context::member;
use crate::graphql::kit::change::change;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::webhooks::enums::WebhookContentKind;
use crate::graphql::webhooks::{Webhook, WebhookUserError};

/// Input of `webhookUpdate`.
#[derive(InputObject)]
pub(super) struct WebhookUpdateInput {
    /// Which webhook.
    webhook_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// What it is called, 1 to 60 characters.
    name: Option<String>,
    /// Where it is, at most 2,000 characters: an address with `https`, without a user.
    url: Option<String>,
    /// Names of the events that are wanted, at most 100; an empty list for all.
    #[graphql(validator(max_items = 100))]
    event_types: Option<Vec<String>>,
    /// Only of cases of these categories and those below them, at most 100; an empty list for all.
    category_ids: Option<Vec<ID>>,
    /// Only of cases whose place lies in this unit or in one that it took over; null for all.
    unit_id: MaybeUndefined<ID>,
    /// How much is told.
    content: Option<WebhookContentKind>,
    /// Only of the tickets of this system, as `Case.external` names it, 1 to 64 characters; null for all cases.
    external_source: MaybeUndefined<String>,
}

/// Outcome of `webhookUpdate`.
#[derive(SimpleObject)]
pub(super) struct WebhookUpdatePayload {
    /// The webhook after the change; null when `userErrors` says why not.
    webhook: Option<Webhook>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<WebhookUserError>,
}

/// Change where a webhook is and what it wants; what waits already goes to the new address.
pub(super) async fn run(ctx: &Context<'_>, input: WebhookUpdateInput) -> Outcome<WebhookUpdatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "webhookUpdate")?;
    let command = UpdateWebhook {
        webhook: id::parse(&input.webhook_id)?,
        expected_version: input.expected_version,
        name: input.name,
        url: input.url,
        event_types: input.event_types,
        categories: input.category_ids.map(|ids| id::parse_all(&ids, 100)).transpose()?,
        unit: id::parse_change(&input.unit_id)?,
        content: input.content.map(Into::into),
        external_source: change(input.external_source),
    };
    let outcome = member.services().webhooks.update(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(webhook) => WebhookUpdatePayload { webhook: Some(Webhook(webhook)), user_errors: vec![] },
        Err(problems) => {
            WebhookUpdatePayload { webhook: None, user_errors: WebhookUserError::all(ctx, problems) }
        }
    })
}
