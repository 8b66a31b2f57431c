//! `roleGrantCreate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::identity as domain;

use crate::graphql::catalogue::Sensitivity;
use crate::graphql::context::member;
use crate::graphql::identity::types::RoleGrantTargetInput;
use crate::graphql::identity::{IdentityUserError, RoleGrant, RoleKind};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::kit::scalars::DateTime;

/// Input of `roleGrantCreate`.
#[derive(InputObject)]
pub struct RoleGrantCreateInput {
    /// Who shall hold it.
    account_id: ID,
    /// What the account becomes; `roles` tells what each allows.
    role: RoleKind,
    /// Where.
    target: RoleGrantTargetInput,
    /// First instant; now when absent.
    since_at: Option<DateTime>,
    /// First instant after it; open-ended when absent.
    until_at: Option<DateTime>,
    /// The categories it is limited to, each with all below it, at most 100; every category when absent.
    category_ids: Option<Vec<ID>>,
    /// The most sensitive cases it reaches; the role's own ceiling when absent.
    ceiling: Option<Sensitivity>,
}

/// Outcome of `roleGrantCreate`.
#[derive(SimpleObject)]
pub struct RoleGrantCreatePayload {
    /// The grant as it was created; null when `userErrors` says why not.
    role_grant: Option<RoleGrant>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<IdentityUserError>,
}

/// Grant a role to an account, never beyond the caller's own scope and never to the caller.
pub(super) async fn run(ctx: &Context<'_>, input: RoleGrantCreateInput) -> Outcome<RoleGrantCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "roleGrantCreate")?;
    let command = domain::GrantRole {
        account: id::parse(&input.account_id)?,
        role: input.role.into(),
        target: input.target.parsed()?,
        since: input.since_at.map(|at| at.0),
        until: input.until_at.map(|at| at.0),
        categories: id::parse_all(&input.category_ids.unwrap_or_default(), 100)?,
        ceiling: input.ceiling.map(Into::into),
    };
    let outcome = member.services().identity.role_grant_create(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(role_grant) => {
            RoleGrantCreatePayload { role_grant: Some(RoleGrant(role_grant)), user_errors: vec![] }
        }
        Err(problems) => {
            RoleGrantCreatePayload { role_grant: None, user_errors: IdentityUserError::all(ctx, problems) }
        }
    })
}
