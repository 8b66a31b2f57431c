//! `sessionRevokeOthers`.

use async_graphql::{Context, ID, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::identity::IdentityUserError;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `sessionRevokeOthers`.
#[derive(InputObject)]
pub struct SessionRevokeOthersInput {
    /// The session that goes on; the present one when absent.
    kept_session_id: Option<ID>,
}

/// Outcome of `sessionRevokeOthers`.
#[derive(SimpleObject)]
pub struct SessionRevokeOthersPayload {
    /// Whether every other session has ended.
    is_revoked: Option<bool>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

/// Ends the caller's sessions but for one.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: SessionRevokeOthersInput,
) -> Outcome<SessionRevokeOthersPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "sessionRevokeOthers")?;
    let kept = id::parse_optional(input.kept_session_id.as_ref())?;
    let outcome = member.services().identity.session_revoke_others(&scope, kept).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(_) => SessionRevokeOthersPayload { is_revoked: Some(true), user_errors: vec![] },
        Err(problems) => SessionRevokeOthersPayload {
            is_revoked: None,
            user_errors: IdentityUserError::all(ctx, problems),
        },
    })
}
