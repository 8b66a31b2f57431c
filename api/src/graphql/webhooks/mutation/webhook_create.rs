//! `webhookCreate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::webhooks::CreateWebhook;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::webhooks::enums::WebhookContentKind;
use crate::graphql::webhooks::{Webhook, WebhookUserError};

/// Input of `webhookCreate`.
#[derive(InputObject)]
pub(super) struct WebhookCreateInput {
    /// What it is called, 1 to 60 characters.
    name: String,
    /// Where it is, at most 2,000 characters: an address with `https`, without a user.
    url: String,
    /// Names of the events that are wanted, such as `case.handed_up`, at most 100; all without it.
    #[graphql(validator(max_items = 100))]
    event_types: Option<Vec<String>>,
    /// Only of cases of these categories and those below them, at most 100.
    category_ids: Option<Vec<ID>>,
    /// Only of cases whose place lies in this unit or in one that it took over.
    unit_id: Option<ID>,
    /// How much is told; `THIN` without it.
    content: Option<WebhookContentKind>,
    /// Only of the tickets of this system, as `Case.external` names it, 1 to 64 characters.
    external_source: Option<String>,
}

/// Outcome of `webhookCreate`.
#[derive(SimpleObject)]
pub(super) struct WebhookCreatePayload {
    /// The webhook as it was created; null when `userErrors` says why not.
    webhook: Option<Webhook>,
    /// What its messages are signed with: `whsec_` and 32 bytes in Base64. It is said this once; null when `userErrors` says why not.
    secret: Option<String>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<WebhookUserError>,
}

/// Have a place called from now on, by the right of the caller.
pub(super) async fn run(ctx: &Context<'_>, input: WebhookCreateInput) -> Outcome<WebhookCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "webhookCreate")?;
    let command = CreateWebhook {
        name: input.name,
        url: input.url,
        event_types: input.event_types.unwrap_or_default(),
        categories: id::parse_all(&input.category_ids.unwrap_or_default(), 100)?,
        unit: id::parse_optional(input.unit_id.as_ref())?,
        content: input.content.map(Into::into).unwrap_or_default(),
        external_source: input.external_source,
    };
    let outcome = member.services().webhooks.create(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(issued) => WebhookCreatePayload {
            webhook: Some(Webhook(issued.webhook)),
            secret: issued.secret,
            user_errors: vec![],
        },
        Err(problems) => WebhookCreatePayload {
            webhook: None,
            secret: None,
            user_errors: WebhookUserError::all(ctx, problems),
        },
    })
}
