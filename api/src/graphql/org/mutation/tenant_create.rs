//! `tenantCreate`.

use async_graphql::{Context, InputObject, SimpleObject};
use fengqiao_domain::org as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::org::{OrgUserError, Tenant};

/// Input of `tenantCreate`.
#[derive(InputObject)]
pub(super) struct TenantCreateInput {
    /// Code of the district: 6 digits.
    code: String,
    /// Name of the district, 1 to 60 characters.
    name: String,
}

/// Outcome of `tenantCreate`.
#[derive(SimpleObject)]
pub(super) struct TenantCreatePayload {
    /// The tenant as it was created; null when `userErrors` says why not.
    tenant: Option<Tenant>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<OrgUserError>,
}

/// Create a tenant together with its district unit.
pub(super) async fn run(ctx: &Context<'_>, input: TenantCreateInput) -> Outcome<TenantCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "tenantCreate")?;
    let command = domain::CreateTenant { code: input.code, name: input.name };
    let outcome = member.services().org.create_tenant(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(tenant) => TenantCreatePayload { tenant: Some(Tenant(tenant)), user_errors: vec![] },
        Err(problems) => TenantCreatePayload { tenant: None, user_errors: OrgUserError::all(ctx, problems) },
    })
}
