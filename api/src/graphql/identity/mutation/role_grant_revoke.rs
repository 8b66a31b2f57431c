//! `roleGrantRevoke`.

use async_graphql::{Context, ID, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::identity::{IdentityUserError, RoleGrant};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `roleGrantRevoke`.
#[derive(InputObject)]
pub struct RoleGrantRevokeInput {
    /// Which grant ends.
    role_grant_id: ID,
}

/// Outcome of `roleGrantRevoke`.
#[derive(SimpleObject)]
pub struct RoleGrantRevokePayload {
    /// The grant, revoked; null when `userErrors` says why not.
    role_grant: Option<RoleGrant>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

/// End a role grant now.
pub(super) async fn run(ctx: &Context<'_>, input: RoleGrantRevokeInput) -> Outcome<RoleGrantRevokePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "roleGrantRevoke")?;
    let command = id::parse(&input.role_grant_id)?;
    let outcome = member.services().identity.role_grant_revoke(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(role_grant) => {
            RoleGrantRevokePayload { role_grant: Some(RoleGrant(role_grant)), user_errors: vec![] }
        }
        Err(problems) => {
            RoleGrantRevokePayload { role_grant: None, user_errors: IdentityUserError::all(ctx, problems) }
        }
    })
}
