//! Mutations of the exchange slice, one per file.

mod exchange_partner_create;
mod exchange_partner_disable;
mod exchange_partner_enable;
mod exchange_partner_resend;
mod exchange_partner_rotate_secret;
mod exchange_partner_update;

use async_graphql::{Context, Object};

use crate::graphql::kit::requires::{Permission, requires};

use exchange_partner_create::{ExchangePartnerCreateInput, ExchangePartnerCreatePayload};
use exchange_partner_disable::{ExchangePartnerDisableInput, ExchangePartnerDisablePayload};
use exchange_partner_enable::{ExchangePartnerEnableInput, ExchangePartnerEnablePayload};
use exchange_partner_resend::{ExchangePartnerResendInput, ExchangePartnerResendPayload};
use exchange_partner_rotate_secret::{ExchangePartnerRotateSecretInput, ExchangePartnerRotateSecretPayload};
use exchange_partner_update::{ExchangePartnerUpdateInput, ExchangePartnerUpdatePayload};

/// Mutations of the exchange slice.
#[derive(Default)]
pub struct ExchangeMutation;

#[Object]
impl ExchangeMutation {
    /// Let another system in from now on by the right of the caller, read as the mapping says; the payload says once what it proves itself by.
    #[graphql(directive = requires::apply(Permission::ExchangeManage))]
    async fn exchange_partner_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: ExchangePartnerCreateInput,
    ) -> Option<async_graphql::Result<ExchangePartnerCreatePayload>> {
        Some(exchange_partner_create::run(ctx, input).await.map_err(Into::into))
    }

    /// Change how a partner is called and how its words are read, and, for its own account, by which webhook it is told.
    #[graphql(directive = requires::apply(Permission::ExchangeManage))]
    async fn exchange_partner_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: ExchangePartnerUpdateInput,
    ) -> Option<async_graphql::Result<ExchangePartnerUpdatePayload>> {
        Some(exchange_partner_update::run(ctx, input).await.map_err(Into::into))
    }

    /// Let a partner of the caller's own in again.
    #[graphql(directive = requires::apply(Permission::ExchangeManage))]
    async fn exchange_partner_enable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: ExchangePartnerEnableInput,
    ) -> Option<async_graphql::Result<ExchangePartnerEnablePayload>> {
        Some(exchange_partner_enable::run(ctx, input).await.map_err(Into::into))
    }

    /// Let a partner of the caller's own in no more, or, for staff, anybody's. What it is told is its webhook's.
    #[graphql(directive = requires::apply(Permission::ExchangeManage))]
    async fn exchange_partner_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: ExchangePartnerDisableInput,
    ) -> Option<async_graphql::Result<ExchangePartnerDisablePayload>> {
        Some(exchange_partner_disable::run(ctx, input).await.map_err(Into::into))
    }

    /// Give a partner of the caller's own another secret, said once in the payload; the one of before counts too for a day.
    #[graphql(directive = requires::apply(Permission::ExchangeManage))]
    async fn exchange_partner_rotate_secret(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: ExchangePartnerRotateSecretInput,
    ) -> Option<async_graphql::Result<ExchangePartnerRotateSecretPayload>> {
        Some(exchange_partner_rotate_secret::run(ctx, input).await.map_err(Into::into))
    }

    /// Tell a partner of cases again, each as it is when it is told (重报); what its account may not see is withheld then.
    #[graphql(directive = requires::apply(Permission::ExchangeManage))]
    async fn exchange_partner_resend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: ExchangePartnerResendInput,
    ) -> Option<async_graphql::Result<ExchangePartnerResendPayload>> {
        Some(exchange_partner_resend::run(ctx, input).await.map_err(Into::into))
    }
}
