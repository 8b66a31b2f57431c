//! `accountRegister`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::federation::{RegisterResident, WechatSignIn};
use zeroize::Zeroizing;

use super::arrival::{arrival, opened};
use crate::graphql::context::services;
use crate::graphql::federation::FederationUserError;
use crate::graphql::identity::Session;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;

/// Input of `accountRegister`.
#[derive(InputObject)]
pub struct AccountRegisterInput {
    /// Code of the district, such as `150302`; at most 12 characters.
    #[graphql(validator(chars_max_length = 12))]
    district_code: String,
    /// App id of the mini-program (AppID), at most 32 characters.
    #[graphql(validator(chars_max_length = 32))]
    app: String,
    /// What `wx.login` gave it, at most 128 characters; another one than was shown to `sessionCreateByWechat`.
    #[graphql(validator(chars_max_length = 128))]
    code: String,
    /// What the button `getPhoneNumber` gave it, at most 128 characters: of a number of China (+86). Whatever was answered, get both codes anew before
    /// the next attempt.
    #[graphql(validator(chars_max_length = 128))]
    phone_code: String,
    /// What they are called, 1 to 60 characters; never a masked name.
    name: String,
    /// The village or community in which they live.
    unit_id: ID,
}

/// Outcome of `accountRegister`.
#[derive(SimpleObject)]
pub struct AccountRegisterPayload {
    /// The first session of the new account; null when `userErrors` says why not.
    session: Option<Session>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<FederationUserError>,
}

/// Make an account of one's own.
pub(super) async fn run(ctx: &Context<'_>, input: AccountRegisterInput) -> Outcome<AccountRegisterPayload> {
    let (request_id, from) = arrival(ctx);
    let sign_in = WechatSignIn { district: input.district_code, app: input.app, code: input.code, from };
    let asked = RegisterResident {
        sign_in,
        phone_code: Zeroizing::new(input.phone_code),
        name: input.name,
        home: id::parse(&input.unit_id)?,
    };
    let outcome = services(ctx)?.federation.register_resident(&asked, &request_id).await;
    let (session, user_errors) = opened(ctx, outcome)?;
    Ok(AccountRegisterPayload { session, user_errors })
}
