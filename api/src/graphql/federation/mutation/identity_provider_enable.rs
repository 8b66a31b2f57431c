//! `identityProviderEnable`.

use async_graphql::{Context, ID, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::federation::FederationUserError;
use crate::graphql::federation::types::IdentityProvider;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `identityProviderEnable`.
#[derive(InputObject)]
pub struct IdentityProviderEnableInput {
    /// Which provider.
    identity_provider_id: ID,
}

/// Outcome of `identityProviderEnable`.
#[derive(SimpleObject)]
pub struct IdentityProviderEnablePayload {
    /// The provider after the change; null when `userErrors` says why not.
    identity_provider: Option<IdentityProvider>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<FederationUserError>,
}

/// Believe a provider again.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: IdentityProviderEnableInput,
) -> Outcome<IdentityProviderEnablePayload> {
    let member = member(ctx)?;
    let provider = id::parse(&input.identity_provider_id)?;
    let scope = claimed(ctx, member, "identityProviderEnable")?;
    let outcome = member.services().federation.provider_enable(&scope, provider).await;
    let (identity_provider, problems) = match settled(ctx, member, outcome).await? {
        Ok(provider) => (Some(provider.into()), vec![]),
        Err(problems) => (None, problems),
    };
    Ok(IdentityProviderEnablePayload {
        identity_provider,
        user_errors: FederationUserError::all(ctx, problems),
    })
}
