//! `identityProviderUpdate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::federation::UpdateProvider;
use zeroize::Zeroizing;

use crate::graphql::context::member;
use crate::graphql::federation::FederationUserError;
use crate::graphql::federation::types::{IdentityProvider, IdentityProviderClaimInput, claims};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `identityProviderUpdate`.
#[derive(InputObject)]
pub struct IdentityProviderUpdateInput {
    /// Which provider.
    identity_provider_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// What people call it, 1 to 60 characters.
    name: Option<String>,
    /// Another app secret of a mini-program, at most 128 characters.
    app_secret: Option<String>,
    /// Whether residents make accounts of their own by a mini-program.
    is_open_to_residents: Option<bool>,
    /// Another address of an issuer's keys; at most 2000 characters. Those that were fetched from the one of before count no more.
    jwks_url: Option<String>,
    /// What every token of an issuer must say, as a whole, at most 8 claims.
    #[graphql(validator(max_items = 8))]
    required_claims: Option<Vec<IdentityProviderClaimInput>>,
}

/// Outcome of `identityProviderUpdate`.
#[derive(SimpleObject)]
pub struct IdentityProviderUpdatePayload {
    /// The provider after the change; null when `userErrors` says why not.
    identity_provider: Option<IdentityProvider>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<FederationUserError>,
}

/// Change how a provider is called, asked or believed.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: IdentityProviderUpdateInput,
) -> Outcome<IdentityProviderUpdatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "identityProviderUpdate")?;
    let command = UpdateProvider {
        provider: id::parse(&input.identity_provider_id)?,
        expected_version: input.expected_version,
        name: input.name,
        secret: input.app_secret.map(Zeroizing::new),
        registers: input.is_open_to_residents,
        jwks_url: input.jwks_url,
        required_claims: input.required_claims.map(claims),
    };
    let outcome = member.services().federation.provider_update(&scope, command).await;
    let (identity_provider, problems) = match settled(ctx, member, outcome).await? {
        Ok(provider) => (Some(provider.into()), vec![]),
        Err(problems) => (None, problems),
    };
    Ok(IdentityProviderUpdatePayload {
        identity_provider,
        user_errors: FederationUserError::all(ctx, problems),
    })
}
