//! Mutations of the identity slice, one per file.

mod account_create;
mod account_disable;
mod account_reset_password;
mod account_reset_second_factor;
mod account_sign_out;
mod client_secret_create;
mod client_secret_revoke;
mod password_change;
mod role_grant_create;
mod role_grant_revoke;
mod second_factor_begin;
mod second_factor_confirm;
mod second_factor_remove;
mod session_create;
mod session_refresh;
mod session_revoke;
mod session_revoke_others;

use async_graphql::{Context, Object};

use crate::graphql::kit::requires::{Permission, requires};

use account_create::{AccountCreateInput, AccountCreatePayload};
use account_disable::{AccountDisableInput, AccountDisablePayload};
use account_reset_password::{AccountResetPasswordInput, AccountResetPasswordPayload};
use account_reset_second_factor::{AccountResetSecondFactorInput, AccountResetSecondFactorPayload};
use account_sign_out::{AccountSignOutInput, AccountSignOutPayload};
use client_secret_create::{ClientSecretCreateInput, ClientSecretCreatePayload};
use client_secret_revoke::{ClientSecretRevokeInput, ClientSecretRevokePayload};
use password_change::{PasswordChangeInput, PasswordChangePayload};
use role_grant_create::{RoleGrantCreateInput, RoleGrantCreatePayload};
use role_grant_revoke::{RoleGrantRevokeInput, RoleGrantRevokePayload};
use second_factor_begin::{SecondFactorBeginInput, SecondFactorBeginPayload};
use second_factor_confirm::{SecondFactorConfirmInput, SecondFactorConfirmPayload};
use second_factor_remove::{SecondFactorRemoveInput, SecondFactorRemovePayload};
use session_create::{SessionCreateInput, SessionCreatePayload};
use session_refresh::{SessionRefreshInput, SessionRefreshPayload};
use session_revoke::{SessionRevokeInput, SessionRevokePayload};
use session_revoke_others::{SessionRevokeOthersInput, SessionRevokeOthersPayload};

/// Mutations of the identity slice.
#[derive(Default)]
pub struct IdentityMutation;

#[Object]
impl IdentityMutation {
    /// Create an account, which may do nothing until a role is granted to it.
    #[graphql(directive = requires::apply(Permission::AccountManage))]
    async fn account_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: AccountCreateInput,
    ) -> Option<async_graphql::Result<AccountCreatePayload>> {
        Some(account_create::run(ctx, input).await.map_err(Into::into))
    }

    /// Disable an account and end its sessions. Nobody disables themselves or whoever holds more than they do.
    #[graphql(directive = requires::apply(Permission::AccountManage))]
    async fn account_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: AccountDisableInput,
    ) -> Option<async_graphql::Result<AccountDisablePayload>> {
        Some(account_disable::run(ctx, input).await.map_err(Into::into))
    }

    /// Give an account a password that is told once and counts once, together with one of their own: a first one, or another in place of
    /// what they forgot. Every session of it ends, and whatever it was linked to. The caller must be able to grant everything that it holds; nobody does it to themselves or to
    /// one of the three separated administrators, who get theirs from whoever runs the machine.
    #[graphql(directive = requires::apply(Permission::GrantManage))]
    async fn account_reset_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: AccountResetPasswordInput,
    ) -> Option<async_graphql::Result<AccountResetPasswordPayload>> {
        Some(account_reset_password::run(ctx, input).await.map_err(Into::into))
    }

    /// End the second factor of an account, and every session of it: the telephone and the recovery codes were lost. The caller
    /// must cover everything that it holds, and nobody does it to themselves.
    #[graphql(directive = requires::apply(Permission::GrantManage))]
    async fn account_reset_second_factor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: AccountResetSecondFactorInput,
    ) -> Option<async_graphql::Result<AccountResetSecondFactorPayload>> {
        Some(account_reset_second_factor::run(ctx, input).await.map_err(Into::into))
    }

    /// End every session of an account, and whatever it was linked to, so that it signs in with its password again: a telephone was lost. The caller
    /// must cover everything that it holds.
    #[graphql(directive = requires::apply(Permission::GrantManage))]
    async fn account_sign_out(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: AccountSignOutInput,
    ) -> Option<async_graphql::Result<AccountSignOutPayload>> {
        Some(account_sign_out::run(ctx, input).await.map_err(Into::into))
    }

    /// Make a secret for an API client (接口密钥), and tell it this once: for an access token of `/oauth/token`, or to sign requests with. Two of an account
    /// count at a time, so that one takes the other's place without a gap. The caller must be able to grant everything that the account
    /// holds.
    #[graphql(directive = requires::apply(Permission::GrantManage))]
    async fn client_secret_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: ClientSecretCreateInput,
    ) -> Option<async_graphql::Result<ClientSecretCreatePayload>> {
        Some(client_secret_create::run(ctx, input).await.map_err(Into::into))
    }

    /// End a secret of an API client, and every access token that was given for it. The caller must cover everything that the account holds.
    #[graphql(directive = requires::apply(Permission::GrantManage))]
    async fn client_secret_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: ClientSecretRevokeInput,
    ) -> Option<async_graphql::Result<ClientSecretRevokePayload>> {
        Some(client_secret_revoke::run(ctx, input).await.map_err(Into::into))
    }

    /// Change the caller's own password. Their other sessions end, and their external identities: link them anew.
    async fn password_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: PasswordChangeInput,
    ) -> Option<async_graphql::Result<PasswordChangePayload>> {
        Some(password_change::run(ctx, input).await.map_err(Into::into))
    }

    /// Grant a role to an account, never beyond the caller's own scope and never to the caller.
    #[graphql(directive = requires::apply(Permission::GrantManage))]
    async fn role_grant_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: RoleGrantCreateInput,
    ) -> Option<async_graphql::Result<RoleGrantCreatePayload>> {
        Some(role_grant_create::run(ctx, input).await.map_err(Into::into))
    }

    /// End a role grant now.
    #[graphql(directive = requires::apply(Permission::GrantManage))]
    async fn role_grant_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: RoleGrantRevokeInput,
    ) -> Option<async_graphql::Result<RoleGrantRevokePayload>> {
        Some(role_grant_revoke::run(ctx, input).await.map_err(Into::into))
    }

    /// Make the secret of a second factor for the caller's own account. It counts when `secondFactorConfirm` was shown a code of
    /// it; one that was begun before is forgotten.
    async fn second_factor_begin(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: SecondFactorBeginInput,
    ) -> Option<async_graphql::Result<SecondFactorBeginPayload>> {
        Some(second_factor_begin::run(ctx, input).await.map_err(Into::into))
    }

    /// Let the second factor that was begun count from now on: signing in wants a code of it. The caller's other sessions end, and their external identities.
    async fn second_factor_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: SecondFactorConfirmInput,
    ) -> Option<async_graphql::Result<SecondFactorConfirmPayload>> {
        Some(second_factor_confirm::run(ctx, input).await.map_err(Into::into))
    }

    /// Do without a second factor again. Roles that want one count no more until there is another.
    async fn second_factor_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: SecondFactorRemoveInput,
    ) -> Option<async_graphql::Result<SecondFactorRemovePayload>> {
        Some(second_factor_remove::run(ctx, input).await.map_err(Into::into))
    }

    /// Sign in with account and password, and with a code where the account has a second factor. One per request.
    async fn session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: SessionCreateInput,
    ) -> Option<async_graphql::Result<SessionCreatePayload>> {
        Some(session_create::run(ctx, input).await.map_err(Into::into))
    }

    /// Get a new pair of tokens for a refresh token, which is used up. Shown once more while its successor is
    /// unused, it gives another pair, for the answer may have been lost; any other time it ends the session.
    async fn session_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: SessionRefreshInput,
    ) -> Option<async_graphql::Result<SessionRefreshPayload>> {
        Some(session_refresh::run(ctx, input).await.map_err(Into::into))
    }

    /// End a session: the present one, or another of the caller's own.
    async fn session_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: SessionRevokeInput,
    ) -> Option<async_graphql::Result<SessionRevokePayload>> {
        Some(session_revoke::run(ctx, input).await.map_err(Into::into))
    }

    /// End every session of the caller's own but for the present one, or another that is named.
    async fn session_revoke_others(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: SessionRevokeOthersInput,
    ) -> Option<async_graphql::Result<SessionRevokeOthersPayload>> {
        Some(session_revoke_others::run(ctx, input).await.map_err(Into::into))
    }
}
