//! `sessionCreate`.

use std::net::{IpAddr, Ipv4Addr};

use async_graphql::{Context, InputObject, SimpleObject};
use fengqiao_domain::identity::{IdentityError, SignIn};
use fengqiao_domain::kernel::failure::{Failure, Problem};

use crate::graphql::context::services;
use crate::graphql::identity::{IdentityUserError, Session};
use crate::graphql::kit::fault::{Fault, Outcome};
use crate::http::Peer;
use crate::http::RequestId;

/// Most characters of an account: a login, `@` and a code, with room to spare.
const ACCOUNT_MOST: usize = 80;
/// Most characters of a password: none that can be set is longer.
const PASSWORD_MOST: usize = 128;

/// Most characters of a refresh token, with room to spare.
const TOKEN_MOST: usize = 128;

/// Most characters of a code: a recovery code has nineteen, and people put spaces between them.
const CODE_MOST: usize = 32;

/// Input of `sessionCreate`.
#[derive(InputObject)]
pub struct SessionCreateInput {
    /// `login@tenantcode`, for example `xindi.worker@150302`; at most 80 characters.
    account: String,
    /// The password; at most 128 characters.
    password: String,
    /// The refresh token of the last pair that this device had of the account, though it may have lapsed: the device
    /// is then known and is not held up by what others try. It is not used up; at most 128 characters.
    last_refresh_token: Option<String>,
    /// The code that the telephone shows now, or a recovery code, where the account has a second factor; at most 32 characters.
    second_factor_code: Option<String>,
    /// A password to have from now on, 8 to 128 characters, where `PASSWORD_CHANGE_REQUIRED` was answered or one is wished. The other sessions of the
    /// account end.
    new_password: Option<String>,
}

/// Outcome of `sessionCreate`.
#[derive(SimpleObject)]
pub struct SessionCreatePayload {
    /// The tokens.
    session: Option<Session>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

impl SessionCreateInput {
    /// What is longer than it may be. Here, and not by the library's validator, whose text is English and
    /// names no input.
    fn too_long(&self) -> Vec<Problem<IdentityError>> {
        let token = self.last_refresh_token.as_ref().map(|token| ("lastRefreshToken", token, TOKEN_MOST));
        let code = self.second_factor_code.as_ref().map(|code| ("secondFactorCode", code, CODE_MOST));
        [("account", &self.account, ACCOUNT_MOST), ("password", &self.password, PASSWORD_MOST)]
            .into_iter()
            .chain(token)
            .chain(code)
            .filter(|(_, text, limit)| text.chars().count() > *limit)
            .map(|(path, _, limit)| Problem::at(path, IdentityError::TooLong { limit }))
            .collect()
    }
}

/// Sign in with account and password.
pub(super) async fn run(ctx: &Context<'_>, input: SessionCreateInput) -> Outcome<SessionCreatePayload> {
    let request_id = ctx.data_opt::<RequestId>().map(ToString::to_string).unwrap_or_default();
    let too_long = input.too_long();
    if !too_long.is_empty() {
        return Ok(SessionCreatePayload {
            session: None,
            user_errors: IdentityUserError::all(ctx, too_long),
        });
    }
    let identity = &services(ctx)?.identity;
    let from = ctx.data_opt::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0);
    let SessionCreateInput { account, password, last_refresh_token, second_factor_code, new_password } =
        input;
    let asked = SignIn { account, password, last_refresh_token, second_factor_code, new_password, from };
    match identity.sign_in(&asked, &request_id).await {
        Ok(tokens) => Ok(SessionCreatePayload { session: Some(tokens.into()), user_errors: vec![] }),
        Err(Failure::User(problems)) => {
            Ok(SessionCreatePayload { session: None, user_errors: IdentityUserError::all(ctx, problems) })
        }
        Err(failure) => Err(Fault::from_failure(failure)),
    }
}
