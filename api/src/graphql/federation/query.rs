//! Queries of the federation slice.

use async_graphql::{Context, Object};

use super::types::{ExternalIdentity, IdentityProvider};
use crate::graphql::context::member;
use crate::graphql::kit::fault::{Fault, Outcome};

/// Queries of the federation slice.
#[derive(Default)]
pub struct FederationQuery;

#[Object]
impl FederationQuery {
    /// The identity providers that the district trusts or trusted (身份提供方), at most sixteen, oldest first. Needs `IDENTITY_PROVIDER_MANAGE`.
    async fn identity_providers(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<IdentityProvider>> {
        Ok(providers(ctx).await?)
    }

    /// By whose word the caller signs in besides their password (外部身份), at most one of each provider, oldest first.
    async fn external_identities(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<ExternalIdentity>> {
        Ok(identities(ctx).await?)
    }
}

async fn providers(ctx: &Context<'_>) -> Outcome<Vec<IdentityProvider>> {
    let member = member(ctx)?;
    let found = member.services().federation.providers(member.scope(), member.reader()).await;
    Ok(found.map_err(Fault::from_failure)?.into_iter().map(Into::into).collect())
}

async fn identities(ctx: &Context<'_>) -> Outcome<Vec<ExternalIdentity>> {
    let member = member(ctx)?;
    let found = member.services().federation.identities(member.scope(), member.reader()).await;
    Ok(found.map_err(Fault::from_failure)?.into_iter().map(Into::into).collect())
}
