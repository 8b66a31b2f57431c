//! `sessionRefresh`.

use async_graphql::{Context, InputObject, SimpleObject};
use fengqiao_domain::kernel::failure::Failure;

use crate::graphql::context::services;
use crate::graphql::identity::{IdentityUserError, Session};
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::http::RequestId;

/// Input of `sessionRefresh`.
#[derive(InputObject)]
pub struct SessionRefreshInput {
    /// The refresh token of the last pair; at most 128 characters.
    refresh_token: String,
}

/// Outcome of `sessionRefresh`.
#[derive(SimpleObject)]
pub struct SessionRefreshPayload {
    /// The tokens.
    session: Option<Session>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

/// A new pair of tokens for a refresh token, which is used up. Shown once more while its successor is
/// unused, it gives another pair, for the answer may have been lost; any other time it ends the session.
pub(super) async fn run(ctx: &Context<'_>, input: SessionRefreshInput) -> Outcome<SessionRefreshPayload> {
    let request_id = ctx.data_opt::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let identity = &services(ctx)?.identity;
    match identity.refresh(&input.refresh_token, &request_id).await {
        Ok(tokens) => Ok(SessionRefreshPayload { session: Some(tokens.into()), user_errors: vec![] }),
        Err(Failure::User(problems)) => {
            Ok(SessionRefreshPayload { session: None, user_errors: IdentityUserError::all(ctx, problems) })
        }
        Err(failure) => Err(Fault::from_failure(failure)),
    }
}
