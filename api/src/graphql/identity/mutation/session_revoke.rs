//! `sessionRevoke`.

use async_graphql::{Context, ID, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::identity::IdentityUserError;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `sessionRevoke`.
#[derive(InputObject)]
pub struct SessionRevokeInput {
    /// The session; the present one when absent.
    session_id: Option<ID>,
}

/// Outcome of `sessionRevoke`.
#[derive(SimpleObject)]
pub struct SessionRevokePayload {
    /// Whether the session has ended.
    is_revoked: Option<bool>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

/// Ends a session.
pub(super) async fn run(ctx: &Context<'_>, input: SessionRevokeInput) -> Outcome<SessionRevokePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "sessionRevoke")?;
    let session = id::parse_optional(input.session_id.as_ref())?;
    let outcome = member.services().identity.session_revoke(&scope, session).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(_) => SessionRevokePayload { is_revoked: Some(true), user_errors: vec![] },
        Err(problems) => {
            SessionRevokePayload { is_revoked: None, user_errors: IdentityUserError::all(ctx, problems) }
        }
    })
}
