//! Mutations of the webhooks slice, one per file.

mod webhook_create;
mod webhook_disable;
mod webhook_enable;
mod webhook_replay;
mod webhook_rotate_secret;
mod webhook_test;
mod webhook_update;

use async_graphql::{Context, Object};

use crate::graphql::kit::requires::{Permission, requires};

use webhook_create::{WebhookCreateInput, WebhookCreatePayload};
use webhook_disable::{WebhookDisableInput, WebhookDisablePayload};
use webhook_enable::{WebhookEnableInput, WebhookEnablePayload};
use webhook_replay::{WebhookReplayInput, WebhookReplayPayload};
use webhook_rotate_secret::{WebhookRotateSecretInput, WebhookRotateSecretPayload};
use webhook_test::{WebhookTestInput, WebhookTestPayload};
use webhook_update::{WebhookUpdateInput, WebhookUpdatePayload};

/// Mutations of the webhooks slice.
#[derive(Default)]
pub struct WebhookMutation;

#[Object]
impl WebhookMutation {
    /// Have a place called from now on when something happens to the cases that the caller sees; the payload says once what its
    /// messages are signed with.
    #[graphql(directive = requires::apply(Permission::WebhookManage))]
    async fn webhook_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: WebhookCreateInput,
    ) -> Option<async_graphql::Result<WebhookCreatePayload>> {
        Some(webhook_create::run(ctx, input).await.map_err(Into::into))
    }

    /// Change where a webhook of the caller's own is and what it wants; what waits already goes to the new address.
    #[graphql(directive = requires::apply(Permission::WebhookManage))]
    async fn webhook_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: WebhookUpdateInput,
    ) -> Option<async_graphql::Result<WebhookUpdatePayload>> {
        Some(webhook_update::run(ctx, input).await.map_err(Into::into))
    }

    /// Have a webhook of the caller's own called again; it goes on where it was, as far as events are kept.
    #[graphql(directive = requires::apply(Permission::WebhookManage))]
    async fn webhook_enable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: WebhookEnableInput,
    ) -> Option<async_graphql::Result<WebhookEnablePayload>> {
        Some(webhook_enable::run(ctx, input).await.map_err(Into::into))
    }

    /// Have a webhook of the caller's own called no more, or, for staff, anybody's.
    #[graphql(directive = requires::apply(Permission::WebhookManage))]
    async fn webhook_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: WebhookDisableInput,
    ) -> Option<async_graphql::Result<WebhookDisablePayload>> {
        Some(webhook_disable::run(ctx, input).await.map_err(Into::into))
    }

    /// Give a webhook of the caller's own another secret, said once in the payload; the one of before signs too for a day.
    #[graphql(directive = requires::apply(Permission::WebhookManage))]
    async fn webhook_rotate_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: WebhookRotateSecretInput,
    ) -> Option<async_graphql::Result<WebhookRotateSecretPayload>> {
        Some(webhook_rotate_secret::run(ctx, input).await.map_err(Into::into))
    }

    /// Send a webhook of the caller's own a `ping`, the way of every event.
    #[graphql(directive = requires::apply(Permission::WebhookManage))]
    async fn webhook_test(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: WebhookTestInput,
    ) -> Option<async_graphql::Result<WebhookTestPayload>> {
        Some(webhook_test::run(ctx, input).await.map_err(Into::into))
    }

    /// Tell a webhook of the caller's own again what it was told, under the ids of before; what waits, waits.
    #[graphql(directive = requires::apply(Permission::WebhookManage))]
    async fn webhook_replay(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: WebhookReplayInput,
    ) -> Option<async_graphql::Result<WebhookReplayPayload>> {
        Some(webhook_replay::run(ctx, input).await.map_err(Into::into))
    }
}
