//! `organisationCreate`.

use async_graphql::{Context, InputObject, SimpleObject};
use fengqiao_domain::org as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::org::{OrgUserError, Organisation};

/// Input of `organisationCreate`.
#[derive(InputObject)]
pub(super) struct OrganisationCreateInput {
    /// Code within the tenant: 1 to 32 letters, digits, `-`, `_`, `.`.
    code: String,
    /// Name, 1 to 60 characters.
    name: String,
    /// Kind, as categories name the responsible one; 1 to 32 letters, digits, `-`, `_`, `.`.
    kind: String,
}

/// Outcome of `organisationCreate`.
#[derive(SimpleObject)]
pub(super) struct OrganisationCreatePayload {
    /// The organisation as it was created; null when `userErrors` says why not.
    organisation: Option<Organisation>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<OrgUserError>,
}

/// Create an organisation: a department, committee or partner.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: OrganisationCreateInput,
) -> Outcome<OrganisationCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "organisationCreate")?;
    let command = domain::CreateOrganisation { code: input.code, name: input.name, kind: input.kind };
    let outcome = member.services().org.create_organisation(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(organisation) => {
            OrganisationCreatePayload { organisation: Some(Organisation(organisation)), user_errors: vec![] }
        }
        Err(problems) => {
            OrganisationCreatePayload { organisation: None, user_errors: OrgUserError::all(ctx, problems) }
        }
    })
}
