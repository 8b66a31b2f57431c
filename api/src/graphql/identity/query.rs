//! Queries of the identity slice.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use fengqiao_domain::identity as domain;
use fengqiao_domain::identity::Phone;
use fengqiao_domain::kernel::page::PageRequest;

use super::client::{ClientSecret, client_secrets};
use super::enums::{AccountState, RoleKind};
use super::types::{Account, Role, RoleGrant, RoleGrantTargetInput, Viewer, account_of, viewer};
use crate::graphql::context::member;
use crate::graphql::kit::connection::{Paged, TotalCount, connection, page_request};
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::graphql::kit::mistake::Mistake;

/// Which accounts are wanted; all conditions hold at once.
#[derive(Clone, Debug, Default, InputObject)]
pub struct AccountFilter {
    /// Only logins that begin with this; at most 64 characters.
    #[graphql(validator(chars_max_length = 64))]
    login_prefix: Option<String>,
    /// Only accounts with exactly this telephone number; at most 32 characters. Asked so often a day: then `RATE_LIMITED`.
    #[graphql(validator(chars_max_length = 32))]
    phone: Option<String>,
    /// Only in this state.
    state: Option<AccountState>,
}

/// Which role grants are wanted; all conditions hold at once.
#[derive(Default, InputObject)]
pub struct RoleGrantFilter {
    /// Only at this target.
    target: Option<RoleGrantTargetInput>,
    /// Only of this role.
    role: Option<RoleKind>,
    /// Whether only grants that count now are wanted; without it also those to come, past and revoked.
    in_force: Option<bool>,
}

/// Queries of the identity slice.
#[derive(Default)]
pub struct IdentityQuery;

#[Object]
impl IdentityQuery {
    /// Whoever asks, and what they may do; null for an anonymous caller.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<Viewer>> {
        if member(ctx).is_err() {
            return None;
        }
        Some(viewer(ctx).await.map_err(Into::into))
    }

    /// What each role allows, where it can be held and how far it sees.
    async fn roles(&self) -> Vec<Role> {
        domain::Role::all().map(Role::from).collect()
    }

    /// The account with an id. Staff see every account of the tenant, everyone else their own.
    async fn account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the account.")] id: ID,
    ) -> Option<async_graphql::Result<Account>> {
        match id::parse(&id) {
            Ok(id) => account_of(ctx, Some(id)).await.map_err(Into::into).transpose(),
            Err(fault) => Some(Err(fault.into())),
        }
    }

    /// The secrets of an API client that count now, at most two, oldest first: for the account itself, and for whoever may end them. Empty for
    /// anybody else.
    async fn client_secrets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the account.")] account_id: ID,
    ) -> async_graphql::Result<Vec<ClientSecret>> {
        Ok(client_secrets(ctx, &account_id).await?)
    }

    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    /// The accounts of the tenant, by login. Needs `ACCOUNT_READ`.
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; all accounts without it.")] filter: Option<AccountFilter>,
        #[graphql(desc = "Number of accounts from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of accounts from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Account>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(account_connection(ctx, filter.unwrap_or_default(), &page).await?)
    }

    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    /// Who holds which role where, newest first: who works in a grid, who handles cases for a town.
    async fn role_grants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; all grants that the caller may know without it.")] filter: Option<
            RoleGrantFilter,
        >,
        #[graphql(desc = "Number of grants from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of grants from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<RoleGrant>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(grant_connection(ctx, filter.unwrap_or_default(), &page).await?)
    }
}

async fn account_connection(
    ctx: &Context<'_>,
    filter: AccountFilter,
    page: &PageRequest,
) -> Outcome<Paged<Account>> {
    let member = member(ctx)?;
    let phone = filter.phone.as_deref().map(Phone::parse).transpose();
    let filter = domain::AccountFilter {
        login_prefix: filter.login_prefix,
        phone: phone.map_err(|_| Fault::bad_request(Mistake::NotAPhone))?,
        state: filter.state.map(Into::into),
    };
    let (service, reader) = (member.services().identity.clone(), member.reader().clone());
    let rows = service.accounts_page(reader.scope(), &reader, &filter, page).await?;
    let filter = Arc::new(filter);
    let total = TotalCount::lazily(move || {
        let (service, reader, filter) = (service.clone(), reader.clone(), Arc::clone(&filter));
        async move { Ok(service.accounts_count(reader.scope(), &reader, &filter).await?) }
    });
    Ok(connection(rows, Account, total))
}

async fn grant_connection(
    ctx: &Context<'_>,
    filter: RoleGrantFilter,
    page: &PageRequest,
) -> Outcome<Paged<RoleGrant>> {
    let member = member(ctx)?;
    let filter = domain::GrantFilter {
        target: filter.target.as_ref().map(RoleGrantTargetInput::parsed).transpose()?,
        role: filter.role.map(Into::into),
        in_force: filter.in_force.unwrap_or_default(),
    };
    let (service, reader) = (member.services().identity.clone(), member.reader().clone());
    let rows = service.role_grants_page(reader.scope(), &reader, &filter, page).await?;
    let filter = Arc::new(filter);
    let total = TotalCount::lazily(move || {
        let (service, reader, filter) = (service.clone(), reader.clone(), Arc::clone(&filter));
        async move { Ok(service.role_grants_count(reader.scope(), &reader, &filter).await?) }
    });
    Ok(connection(rows, RoleGrant, total))
}
