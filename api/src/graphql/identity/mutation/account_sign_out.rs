//! `accountSignOut`.

use async_graphql::{Context, ID, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::identity::{Account, IdentityUserError};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `accountSignOut`.
#[derive(InputObject)]
pub struct AccountSignOutInput {
    /// Whose sessions end.
    account_id: ID,
}

/// Outcome of `accountSignOut`.
#[derive(SimpleObject)]
pub struct AccountSignOutPayload {
    /// The account, signed out everywhere; null when `userErrors` says why not.
    account: Option<Account>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

/// End every session of an account, which may sign in again.
pub(super) async fn run(ctx: &Context<'_>, input: AccountSignOutInput) -> Outcome<AccountSignOutPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "accountSignOut")?;
    let command = id::parse(&input.account_id)?;
    let outcome = member.services().identity.account_sign_out(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(account) => AccountSignOutPayload { account: Some(Account(account)), user_errors: vec![] },
        Err(problems) => {
            AccountSignOutPayload { account: None, user_errors: IdentityUserError::all(ctx, problems) }
        }
    })
}
