//! `passwordChange`.

use async_graphql::{Context, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::identity::IdentityUserError;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::mutation::settled;

/// Input of `passwordChange`.
#[derive(InputObject)]
pub struct PasswordChangeInput {
    /// The present password; at most 128 characters.
    #[graphql(validator(chars_max_length = 128))]
    password: String,
    /// The password to have from now on, 8 to 128 characters; not one of the last.
    new_password: String,
}

/// Outcome of `passwordChange`.
#[derive(SimpleObject)]
pub struct PasswordChangePayload {
    /// Whether it was changed.
    is_changed: Option<bool>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

/// Change one's own password. An idempotency key means nothing here: the present password is another one afterwards.
pub(super) async fn run(ctx: &Context<'_>, input: PasswordChangeInput) -> Outcome<PasswordChangePayload> {
    let member = member(ctx)?;
    let service = &member.services().identity;
    let outcome = service.password_change(member.scope(), &input.password, &input.new_password).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(()) => PasswordChangePayload { is_changed: Some(true), user_errors: vec![] },
        Err(problems) => {
            PasswordChangePayload { is_changed: None, user_errors: IdentityUserError::all(ctx, problems) }
        }
    })
}
