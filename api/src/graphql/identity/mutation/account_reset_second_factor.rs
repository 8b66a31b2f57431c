//! `accountResetSecondFactor`.

use async_graphql::{Context, ID, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::identity::{Account, IdentityUserError};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `accountResetSecondFactor`.
#[derive(InputObject)]
pub struct AccountResetSecondFactorInput {
    /// Whose second factor ends.
    account_id: ID,
}

/// Outcome of `accountResetSecondFactor`.
#[derive(SimpleObject)]
pub struct AccountResetSecondFactorPayload {
    /// The account, without a second factor and signed out everywhere; null when `userErrors` says why not.
    account: Option<Account>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

/// End the second factor of an account, and every session of it.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: AccountResetSecondFactorInput,
) -> Outcome<AccountResetSecondFactorPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "accountResetSecondFactor")?;
    let command = id::parse(&input.account_id)?;
    let outcome = member.services().identity.account_reset_second_factor(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(account) => {
            AccountResetSecondFactorPayload { account: Some(Account(account)), user_errors: vec![] }
        }
        Err(problems) => AccountResetSecondFactorPayload {
            account: None,
            user_errors: IdentityUserError::all(ctx, problems),
        },
    })
}
