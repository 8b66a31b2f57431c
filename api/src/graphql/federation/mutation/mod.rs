//! Mutations of the federation slice, one per file.

mod account_register;
mod arrival;
mod external_identity_create;
mod external_identity_remove;
mod identity_provider_create;
mod identity_provider_disable;
mod identity_provider_enable;
mod identity_provider_update;
mod session_create_by_oidc;
mod session_create_by_wechat;

use async_graphql::{Context, Object};

use crate::graphql::kit::requires::{Permission, requires};

use account_register::{AccountRegisterInput, AccountRegisterPayload};
use external_identity_create::{ExternalIdentityCreateInput, ExternalIdentityCreatePayload};
use external_identity_remove::{ExternalIdentityRemoveInput, ExternalIdentityRemovePayload};
use identity_provider_create::{IdentityProviderCreateInput, IdentityProviderCreatePayload};
use identity_provider_disable::{IdentityProviderDisableInput, IdentityProviderDisablePayload};
use identity_provider_enable::{IdentityProviderEnableInput, IdentityProviderEnablePayload};
use identity_provider_update::{IdentityProviderUpdateInput, IdentityProviderUpdatePayload};
use session_create_by_oidc::{SessionCreateByOidcInput, SessionCreateByOidcPayload};
use session_create_by_wechat::{SessionCreateByWechatInput, SessionCreateByWechatPayload};

/// Mutations of the federation slice.
#[derive(Default)]
pub struct FederationMutation;

#[Object]
impl FederationMutation {
    /// Make an account of one's own as a resident (居民注册), by a mini-program that is open to residents and knows the verified telephone number of whoever
    /// uses it. One per request.
    async fn account_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: AccountRegisterInput,
    ) -> Option<async_graphql::Result<AccountRegisterPayload>> {
        Some(account_register::run(ctx, input).await.map_err(Into::into))
    }

    /// Link whoever the caller is to an identity provider to their own account, for their password: from then on they sign in by it. Accounts with a second factor,
    /// of administrators and of programs are linked to nobody.
    async fn external_identity_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: ExternalIdentityCreateInput,
    ) -> Option<async_graphql::Result<ExternalIdentityCreatePayload>> {
        Some(external_identity_create::run(ctx, input).await.map_err(Into::into))
    }

    /// Sign in by an identity provider no more. Sessions that were opened by it go on; whoever has no password keeps the last one.
    async fn external_identity_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: ExternalIdentityRemoveInput,
    ) -> Option<async_graphql::Result<ExternalIdentityRemovePayload>> {
        Some(external_identity_remove::run(ctx, input).await.map_err(Into::into))
    }

    /// Trust a WeChat mini-program or an OpenID Connect issuer from now on: whoever it vouches for is let in as the account that they linked to it.
    #[graphql(directive = requires::apply(Permission::IdentityProviderManage))]
    async fn identity_provider_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: IdentityProviderCreateInput,
    ) -> Option<async_graphql::Result<IdentityProviderCreatePayload>> {
        Some(identity_provider_create::run(ctx, input).await.map_err(Into::into))
    }

    /// Believe an identity provider no more. Sessions that were opened by it go on; what was linked stays linked.
    #[graphql(directive = requires::apply(Permission::IdentityProviderManage))]
    async fn identity_provider_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: IdentityProviderDisableInput,
    ) -> Option<async_graphql::Result<IdentityProviderDisablePayload>> {
        Some(identity_provider_disable::run(ctx, input).await.map_err(Into::into))
    }

    /// Believe an identity provider again.
    #[graphql(directive = requires::apply(Permission::IdentityProviderManage))]
    async fn identity_provider_enable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: IdentityProviderEnableInput,
    ) -> Option<async_graphql::Result<IdentityProviderEnablePayload>> {
        Some(identity_provider_enable::run(ctx, input).await.map_err(Into::into))
    }

    /// Change how an identity provider is called, asked or believed. Who it is never changes.
    #[graphql(directive = requires::apply(Permission::IdentityProviderManage))]
    async fn identity_provider_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: IdentityProviderUpdateInput,
    ) -> Option<async_graphql::Result<IdentityProviderUpdatePayload>> {
        Some(identity_provider_update::run(ctx, input).await.map_err(Into::into))
    }

    /// Sign in with an ID token of an OpenID Connect issuer that the district trusts. One per request.
    async fn session_create_by_oidc(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: SessionCreateByOidcInput,
    ) -> Option<async_graphql::Result<SessionCreateByOidcPayload>> {
        Some(session_create_by_oidc::run(ctx, input).await.map_err(Into::into))
    }

    /// Sign in with a code of a WeChat mini-program that the district trusts (微信登录). One per request.
    async fn session_create_by_wechat(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: SessionCreateByWechatInput,
    ) -> Option<async_graphql::Result<SessionCreateByWechatPayload>> {
        Some(session_create_by_wechat::run(ctx, input).await.map_err(Into::into))
    }
}
