//! `teamCreate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::staff as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::staff::StaffUserError;
use crate::graphql::staff::enums::TeamKind;
use crate::graphql::staff::team_types::Team;

/// Input of `teamCreate`.
#[derive(InputObject)]
pub(super) struct TeamCreateInput {
    /// Code within the tenant: 1 to 64 letters, digits, `.`, `-`, `_`.
    code: String,
    /// Name, 1 to 60 characters.
    name: String,
    /// Brand name (品牌), at most 60 characters.
    brand_name: Option<String>,
    /// What it is made of.
    kind: TeamKind,
    /// The unit it works for.
    unit_id: ID,
    /// The organisation that runs it.
    organisation_id: Option<ID>,
    /// Who leads it.
    leader_id: Option<ID>,
}

/// Outcome of `teamCreate`.
#[derive(SimpleObject)]
pub(super) struct TeamCreatePayload {
    /// The team as it was registered; null when `userErrors` says why not.
    team: Option<Team>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<StaffUserError>,
}

/// Register a team.
pub(super) async fn run(ctx: &Context<'_>, input: TeamCreateInput) -> Outcome<TeamCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "teamCreate")?;
    let command = domain::CreateTeam {
        code: input.code,
        name: input.name,
        brand_name: input.brand_name,
        kind: input.kind.into(),
        unit: id::parse(&input.unit_id)?,
        organisation: id::parse_optional(input.organisation_id.as_ref())?,
        leader: id::parse_optional(input.leader_id.as_ref())?,
    };
    let outcome = member.services().staff.create_team(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(done) => TeamCreatePayload { team: Some(Team(done)), user_errors: vec![] },
        Err(problems) => TeamCreatePayload { team: None, user_errors: StaffUserError::all(ctx, problems) },
    })
}
