//! `externalIdentityCreate`.

use async_graphql::{Context, InputObject, SimpleObject};
use fengqiao_domain::federation::LinkIdentity;

use crate::graphql::context::member;
use crate::graphql::federation::FederationUserError;
use crate::graphql::federation::types::{ExternalIdentity, ExternalIdentityProofInput};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::mutation::settled;

/// Input of `externalIdentityCreate`.
#[derive(InputObject)]
pub struct ExternalIdentityCreateInput {
    /// The caller's password: whoever found a telephone that is signed in does not know it; at most 128 characters.
    #[graphql(validator(chars_max_length = 128))]
    password: String,
    /// Who the caller is elsewhere.
    proof: ExternalIdentityProofInput,
}

/// Outcome of `externalIdentityCreate`.
#[derive(SimpleObject)]
pub struct ExternalIdentityCreatePayload {
    /// What was linked; null when `userErrors` says why not.
    external_identity: Option<ExternalIdentity>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<FederationUserError>,
}

/// Link whoever the caller is elsewhere. An idempotency key means nothing here: a proof counts once.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: ExternalIdentityCreateInput,
) -> Outcome<ExternalIdentityCreatePayload> {
    let member = member(ctx)?;
    let command = LinkIdentity { password: input.password, shown: input.proof.into() };
    let outcome = member.services().federation.identity_create(member.scope(), command).await;
    let (external_identity, problems) = match settled(ctx, member, outcome).await? {
        Ok(linked) => (Some(linked.into()), vec![]),
        Err(problems) => (None, problems),
    };
    Ok(ExternalIdentityCreatePayload {
        external_identity,
        user_errors: FederationUserError::all(ctx, problems),
    })
}
