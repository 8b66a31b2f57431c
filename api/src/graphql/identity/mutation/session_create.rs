//! `sessionCreate`.

use async_graphql::{Context, InputObject, SimpleObject};
use fengqiao_domain::kernel::failure::Failure;

use crate::graphql::context::services;
use crate::graphql::identity::{IdentityUserError, Session};
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::http::RequestId;

/// Input of `sessionCreate`.
#[derive(InputObject)]
pub struct SessionCreateInput {
    /// `login@tenantcode`, for example `xindi.worker@150302`; at most 80 characters.
    #[graphql(validator(chars_max_length = 80))]
    account: String,
    /// The password; at most 128 characters.
    #[graphql(validator(chars_max_length = 128))]
    password: String,
}

/// Outcome of `sessionCreate`.
#[derive(SimpleObject)]
pub struct SessionCreatePayload {
    /// The tokens.
    session: Option<Session>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

/// Sign in with account and password.
pub(super) async fn run(ctx: &Context<'_>, input: SessionCreateInput) -> Outcome<SessionCreatePayload> {
    let request_id = ctx.data_opt::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let identity = &services(ctx)?.identity;
    match identity.sign_in(&input.account, &input.password, &request_id).await {
        Ok(tokens) => Ok(SessionCreatePayload { session: Some(tokens.into()), user_errors: vec![] }),
        Err(Failure::User(problems)) => {
            Ok(SessionCreatePayload { session: None, user_errors: IdentityUserError::all(ctx, problems) })
        }
        Err(failure) => Err(Fault::from_failure(failure)),
    }
}
