//! `secondFactorBegin`.

use async_graphql::{Context, InputObject, SimpleObject};
use fengqiao_domain::identity as domain;

use crate::graphql::context::member;
use crate::graphql::identity::IdentityUserError;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::mutation::settled;

/// Input of `secondFactorBegin`.
#[derive(InputObject)]
pub struct SecondFactorBeginInput {
    /// The password of the account, once more; at most 128 characters.
    #[graphql(validator(chars_max_length = 128))]
    password: String,
}

/// What a telephone makes codes from. It is told this once.
#[derive(SimpleObject)]
pub struct NewSecondFactor {
    /// To be typed: letters and digits of Base32.
    secret: String,
    /// To be shown as a picture that a telephone reads: `otpauth://totp/…`.
    uri: String,
}

impl From<domain::NewSecondFactor> for NewSecondFactor {
    fn from(new: domain::NewSecondFactor) -> Self {
        Self { secret: new.secret, uri: new.uri }
    }
}

/// Outcome of `secondFactorBegin`.
#[derive(SimpleObject)]
pub struct SecondFactorBeginPayload {
    /// What codes are made from; null when `userErrors` says why not.
    new_second_factor: Option<NewSecondFactor>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

/// Make the secret of a second factor. An idempotency key means nothing here: a secret is told once.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: SecondFactorBeginInput,
) -> Outcome<SecondFactorBeginPayload> {
    let member = member(ctx)?;
    let outcome = member.services().identity.second_factor_begin(member.scope(), &input.password).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(new) => SecondFactorBeginPayload { new_second_factor: Some(new.into()), user_errors: vec![] },
        Err(problems) => SecondFactorBeginPayload {
            new_second_factor: None,
            user_errors: IdentityUserError::all(ctx, problems),
        },
    })
}
