//! `secondFactorRemove`.

use async_graphql::{Context, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::identity::IdentityUserError;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::mutation::settled;

/// Input of `secondFactorRemove`.
#[derive(InputObject)]
pub struct SecondFactorRemoveInput {
    /// The password of the account, once more; at most 128 characters.
    #[graphql(validator(chars_max_length = 128))]
    password: String,
    /// The code that the telephone shows now, or a recovery code; at most 32 characters.
    #[graphql(validator(chars_max_length = 32))]
    code: String,
}

/// Outcome of `secondFactorRemove`.
#[derive(SimpleObject)]
pub struct SecondFactorRemovePayload {
    /// Whether it was removed.
    is_removed: Option<bool>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

/// Do without a second factor again. An idempotency key means nothing here: a code counts once.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: SecondFactorRemoveInput,
) -> Outcome<SecondFactorRemovePayload> {
    let member = member(ctx)?;
    let service = &member.services().identity;
    let outcome = service.second_factor_remove(member.scope(), &input.password, &input.code).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(()) => SecondFactorRemovePayload { is_removed: Some(true), user_errors: vec![] },
        Err(problems) => {
            SecondFactorRemovePayload { is_removed: None, user_errors: IdentityUserError::all(ctx, problems) }
        }
    })
}
