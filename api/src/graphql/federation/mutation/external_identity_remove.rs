//! `externalIdentityRemove`.

use async_graphql::{Context, ID, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::federation::FederationUserError;
use crate::graphql::federation::types::ExternalIdentity;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::settled;

/// Input of `externalIdentityRemove`.
#[derive(InputObject)]
pub struct ExternalIdentityRemoveInput {
    /// Which one of the caller's own.
    external_identity_id: ID,
}

/// Outcome of `externalIdentityRemove`.
#[derive(SimpleObject)]
pub struct ExternalIdentityRemovePayload {
    /// What was taken away; null when `userErrors` says why not.
    external_identity: Option<ExternalIdentity>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<FederationUserError>,
}

/// Take an external identity away. An idempotency key means nothing here: what is away is not found again.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: ExternalIdentityRemoveInput,
) -> Outcome<ExternalIdentityRemovePayload> {
    let member = member(ctx)?;
    let identity = id::parse(&input.external_identity_id)?;
    let outcome = member.services().federation.identity_remove(member.scope(), identity).await;
    let (external_identity, problems) = match settled(ctx, member, outcome).await? {
        Ok(removed) => (Some(removed.into()), vec![]),
        Err(problems) => (None, problems),
    };
    Ok(ExternalIdentityRemovePayload {
        external_identity,
        user_errors: FederationUserError::all(ctx, problems),
    })
}
