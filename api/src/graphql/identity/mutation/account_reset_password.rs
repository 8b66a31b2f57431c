//! `accountResetPassword`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::identity as domain;

use crate::graphql::context::member;
use crate::graphql::identity::{Account, IdentityUserError};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::settled;
use crate::graphql::kit::scalars::DateTime;

/// Input of `accountResetPassword`.
#[derive(InputObject)]
pub struct AccountResetPasswordInput {
    /// Who shall have another password, or a first one.
    account_id: ID,
}

/// A password that somebody is given. It is told this once.
#[derive(SimpleObject)]
pub struct FirstPassword {
    /// To be handed over as it is, hyphens included: `sessionCreate` takes it together with a `newPassword`.
    password: String,
    /// From when on it counts no more, if nobody has used it.
    lapses_at: DateTime,
}

/// Outcome of `accountResetPassword`.
#[derive(SimpleObject)]
pub struct AccountResetPasswordPayload {
    /// The account, signed out everywhere; null when `userErrors` says why not.
    account: Option<Account>,
    /// The password; null when `userErrors` says why not.
    first_password: Option<FirstPassword>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

impl From<domain::FirstPassword> for AccountResetPasswordPayload {
    fn from(given: domain::FirstPassword) -> Self {
        let first = FirstPassword { password: given.password, lapses_at: DateTime(given.lapses_at) };
        Self { account: Some(Account(given.account)), first_password: Some(first), user_errors: vec![] }
    }
}

/// Give somebody a password. An idempotency key means nothing here: a password is told once.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: AccountResetPasswordInput,
) -> Outcome<AccountResetPasswordPayload> {
    let member = member(ctx)?;
    let account = id::parse(&input.account_id)?;
    let outcome = member.services().identity.account_reset_password(member.scope(), account).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(given) => given.into(),
        Err(problems) => AccountResetPasswordPayload {
            account: None,
            first_password: None,
            user_errors: IdentityUserError::all(ctx, problems),
        },
    })
}
