//! `sessionCreateByWechat`.

use async_graphql::{Context, InputObject, SimpleObject};
use fengqiao_domain::federation::WechatSignIn;

use super::arrival::{arrival, opened};
use crate::graphql::context::services;
use crate::graphql::federation::FederationUserError;
use crate::graphql::identity::Session;
use crate::graphql::kit::fault::Outcome;

/// Input of `sessionCreateByWechat`.
#[derive(InputObject)]
pub struct SessionCreateByWechatInput {
    /// Code of the district, such as `150302`; at most 12 characters.
    #[graphql(validator(chars_max_length = 12))]
    district_code: String,
    /// App id of the mini-program (AppID), at most 32 characters.
    #[graphql(validator(chars_max_length = 32))]
    app: String,
    /// What `wx.login` gave it, at most 128 characters; it counts once, for five minutes.
    #[graphql(validator(chars_max_length = 128))]
    code: String,
}

/// Outcome of `sessionCreateByWechat`.
#[derive(SimpleObject)]
pub struct SessionCreateByWechatPayload {
    /// The tokens; null when `userErrors` says why not.
    session: Option<Session>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<FederationUserError>,
}

/// Sign in with a code of a mini-program.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: SessionCreateByWechatInput,
) -> Outcome<SessionCreateByWechatPayload> {
    let (request_id, from) = arrival(ctx);
    let asked = WechatSignIn { district: input.district_code, app: input.app, code: input.code, from };
    let outcome = services(ctx)?.federation.sign_in_by_wechat(&asked, &request_id).await;
    let (session, user_errors) = opened(ctx, outcome)?;
    Ok(SessionCreateByWechatPayload { session, user_errors })
}
