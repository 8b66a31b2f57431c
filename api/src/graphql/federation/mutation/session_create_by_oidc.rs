//! `sessionCreateByOidc`.

use async_graphql::{Context, InputObject, SimpleObject};
use fengqiao_domain::federation::OidcSignIn;

use super::arrival::{arrival, opened};
use crate::graphql::context::services;
use crate::graphql::federation::FederationUserError;
use crate::graphql::identity::Session;
use crate::graphql::kit::fault::Outcome;

/// Input of `sessionCreateByOidc`.
#[derive(InputObject)]
pub struct SessionCreateByOidcInput {
    /// Code of the district, such as `150302`; at most 12 characters.
    #[graphql(validator(chars_max_length = 12))]
    district_code: String,
    /// The ID token, at most 8192 characters; it counts once, for some minutes after it was made.
    #[graphql(validator(chars_max_length = 8192))]
    id_token: String,
}

/// Outcome of `sessionCreateByOidc`.
#[derive(SimpleObject)]
pub struct SessionCreateByOidcPayload {
    /// The tokens; null when `userErrors` says why not.
    session: Option<Session>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<FederationUserError>,
}

/// Sign in with an ID token.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: SessionCreateByOidcInput,
) -> Outcome<SessionCreateByOidcPayload> {
    let (request_id, from) = arrival(ctx);
    let asked = OidcSignIn { district: input.district_code, id_token: input.id_token, from };
    let outcome = services(ctx)?.federation.sign_in_by_oidc(&asked, &request_id).await;
    let (session, user_errors) = opened(ctx, outcome)?;
    Ok(SessionCreateByOidcPayload { session, user_errors })
}
