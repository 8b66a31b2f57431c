//! `accountDisable`.

use async_graphql::{Context, ID, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::identity::{Account, IdentityUserError};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `accountDisable`.
#[derive(InputObject)]
pub struct AccountDisableInput {
    /// Whose sign-in ends.
    account_id: ID,
}

/// Outcome of `accountDisable`.
#[derive(SimpleObject)]
pub struct AccountDisablePayload {
    /// The account, disabled; null when `userErrors` says why not.
    account: Option<Account>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

/// Disable an account and end its sessions. Nobody disables themselves or whoever holds more than they do.
pub(super) async fn run(ctx: &Context<'_>, input: AccountDisableInput) -> Outcome<AccountDisablePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "accountDisable")?;
    let command = id::parse(&input.account_id)?;
    let outcome = member.services().identity.account_disable(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(account) => AccountDisablePayload { account: Some(Account(account)), user_errors: vec![] },
        Err(problems) => {
            AccountDisablePayload { account: None, user_errors: IdentityUserError::all(ctx, problems) }
        }
    })
}
