//! `sessionCreateForOversight`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::kernel::failure::Failure;

use crate::graphql::context::member;
use crate::graphql::identity::Session;
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::graphql::kit::id;
use crate::graphql::oversight::OversightUserError;

/// Input of `sessionCreateForOversight`.
#[derive(InputObject)]
pub struct SessionCreateForOversightInput {
    /// By which leave; `overseenDistricts` tells them.
    oversight_grant_id: ID,
}

/// Outcome of `sessionCreateForOversight`.
#[derive(SimpleObject)]
pub struct SessionCreateForOversightPayload {
    /// The tokens, which are of the other district; null when `userErrors` says why not.
    session: Option<Session>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<OversightUserError>,
}

/// Go to read another district.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: SessionCreateForOversightInput,
) -> Outcome<SessionCreateForOversightPayload> {
    let member = member(ctx)?;
    let grant = id::parse(&input.oversight_grant_id)?;
    let (session, problems) = match member.services().oversight.enter(member.scope(), grant).await {
        Ok(tokens) => (Some(tokens.into()), vec![]),
        Err(Failure::User(problems)) => (None, problems),
        Err(failure) => return Err(Fault::from_failure(failure)),
    };
    Ok(SessionCreateForOversightPayload { session, user_errors: OversightUserError::all(ctx, problems) })
}
