//! Queries of the webhooks slice.

use async_graphql::{Context, ID, Object};

use super::types::{Webhook, webhook_of, webhooks_seen};
use crate::graphql::kit::connection::{Paged, page_request};
use crate::graphql::kit::id;

/// Queries of the webhooks slice.
#[derive(Default)]
pub struct WebhookQuery;

#[Object]
impl WebhookQuery {
    /// The webhook with an id; null when there is none, the caller does not see it, or they may have none.
    async fn webhook(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the webhook.")] id: ID,
    ) -> Option<async_graphql::Result<Webhook>> {
        match id::parse(&id) {
            Ok(id) => webhook_of(ctx, id).await.map_err(Into::into).transpose(),
            Err(fault) => Some(Err(fault.into())),
        }
    }

    /// The webhooks of the caller, or for staff all of the tenant, newest first; for whoever may have some.
    async fn webhooks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of webhooks from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of webhooks from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Webhook>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(webhooks_seen(ctx, &page).await?)
    }
}
