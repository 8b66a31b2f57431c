//! `oversightGrantRevoke`.

use async_graphql::{Context, ID, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::oversight::OversightUserError;
use crate::graphql::oversight::types::OversightGrant;

/// Input of `oversightGrantRevoke`.
#[derive(InputObject)]
pub struct OversightGrantRevokeInput {
    /// Which grant.
    oversight_grant_id: ID,
}

/// Outcome of `oversightGrantRevoke`.
#[derive(SimpleObject)]
pub struct OversightGrantRevokePayload {
    /// The grant after the change; null when `userErrors` says why not.
    oversight_grant: Option<OversightGrant>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<OversightUserError>,
}

/// Take the leave to read this district back.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: OversightGrantRevokeInput,
) -> Outcome<OversightGrantRevokePayload> {
    let member = member(ctx)?;
    let grant = id::parse(&input.oversight_grant_id)?;
    let scope = claimed(ctx, member, "oversightGrantRevoke")?;
    let outcome = member.services().oversight.grant_revoke(&scope, grant).await;
    let (oversight_grant, problems) = match settled(ctx, member, outcome).await? {
        Ok(grant) => (Some(OversightGrant(grant)), vec![]),
        Err(problems) => (None, problems),
    };
    Ok(OversightGrantRevokePayload { oversight_grant, user_errors: OversightUserError::all(ctx, problems) })
}
