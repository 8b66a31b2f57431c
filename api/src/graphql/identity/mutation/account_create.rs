//! `accountCreate`.

use async_graphql::{Context, InputObject, SimpleObject};
use fengqiao_domain::identity as domain;

use crate::graphql::context::member;
use crate::graphql::identity::{Account, IdentityUserError};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `accountCreate`.
#[derive(InputObject)]
pub struct AccountCreateInput {
    /// Login within the tenant: 2 to 64 lower-case letters, digits, `.`, `-`, `_`, a letter first.
    login: String,
    /// Name, 1 to 60 characters; never a masked one.
    name: String,
    /// Telephone number, at most 32 characters; never a masked one.
    phone: Option<String>,
    /// First password, 8 to 128 characters, to be changed when they first sign in; without one, `accountResetPassword` gives one.
    password: Option<String>,
}

/// Outcome of `accountCreate`.
#[derive(SimpleObject)]
pub struct AccountCreatePayload {
    /// The account as it was created; null when `userErrors` says why not.
    account: Option<Account>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

/// Create an account, which may do nothing until a role is granted to it.
pub(super) async fn run(ctx: &Context<'_>, input: AccountCreateInput) -> Outcome<AccountCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "accountCreate")?;
    let command = domain::CreateAccount {
        login: input.login,
        name: input.name,
        phone: input.phone,
        password: input.password,
    };
    let outcome = member.services().identity.account_create(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(account) => AccountCreatePayload { account: Some(Account(account)), user_errors: vec![] },
        Err(problems) => {
            AccountCreatePayload { account: None, user_errors: IdentityUserError::all(ctx, problems) }
        }
    })
}
