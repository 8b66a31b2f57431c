//! `secondFactorConfirm`.

use async_graphql::{Context, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::identity::IdentityUserError;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::mutation::settled;

/// Input of `secondFactorConfirm`.
#[derive(InputObject)]
pub struct SecondFactorConfirmInput {
    /// The code that the telephone shows now; at most 32 characters.
    #[graphql(validator(chars_max_length = 32))]
    code: String,
}

/// Outcome of `secondFactorConfirm`.
#[derive(SimpleObject)]
pub struct SecondFactorConfirmPayload {
    /// Ten codes for the day when the telephone is lost, each good once in place of a code. They are told this once; empty when
    /// `userErrors` says why not.
    recovery_codes: Vec<String>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

/// Let the second factor count from now on. An idempotency key means nothing here: the codes are told once.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: SecondFactorConfirmInput,
) -> Outcome<SecondFactorConfirmPayload> {
    let member = member(ctx)?;
    let outcome = member.services().identity.second_factor_confirm(member.scope(), &input.code).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(codes) => SecondFactorConfirmPayload { recovery_codes: codes, user_errors: vec![] },
        Err(problems) => SecondFactorConfirmPayload {
            recovery_codes: vec![],
            user_errors: IdentityUserError::all(ctx, problems),
        },
    })
}
