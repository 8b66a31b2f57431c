//! What the three mutations share by which somebody comes in who is nobody yet.

use std::net::{IpAddr, Ipv4Addr};

use async_graphql::Context;
use fengqiao_domain::federation::FederationError;
use fengqiao_domain::identity::SessionTokens;
use fengqiao_domain::kernel::failure::Failure;

use crate::graphql::federation::FederationUserError;
use crate::graphql::identity::Session;
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::http::Peer;
use crate::http::RequestId;

/// Id of the request, and where it comes from.
pub(super) fn arrival(ctx: &Context<'_>) -> (String, IpAddr) {
    let request_id = ctx.data_opt::<RequestId>().map(ToString::to_string).unwrap_or_default();
    (request_id, ctx.data_opt::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0))
}

/// The tokens, or what the caller can mend.
pub(super) fn opened(
    ctx: &Context<'_>,
    outcome: Result<SessionTokens, Failure<FederationError>>,
) -> Outcome<(Option<Session>, Vec<FederationUserError>)> {
    match outcome {
        Ok(tokens) => Ok((Some(tokens.into()), vec![])),
        Err(Failure::User(problems)) => Ok((None, FederationUserError::all(ctx, problems))),
        Err(failure) => Err(Fault::from_failure(failure)),
    }
}
