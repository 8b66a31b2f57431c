//! `teamMembershipCreate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::staff as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::staff::StaffUserError;
use crate::graphql::staff::team_types::TeamMembership;

/// Input of `teamMembershipCreate`.
#[derive(InputObject)]
pub(super) struct TeamMembershipCreateInput {
    /// The team they join.
    team_id: ID,
    /// Who joins.
    staff_member_id: ID,
    /// First instant; now when absent.
    since_at: Option<DateTime>,
}

/// Outcome of `teamMembershipCreate`.
#[derive(SimpleObject)]
pub(super) struct TeamMembershipCreatePayload {
    /// Their time in the team; null when `userErrors` says why not.
    team_membership: Option<TeamMembership>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<StaffUserError>,
}

/// Let somebody join a team.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: TeamMembershipCreateInput,
) -> Outcome<TeamMembershipCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "teamMembershipCreate")?;
    let command = domain::AddTeamMember {
        team: id::parse(&input.team_id)?,
        member: id::parse(&input.staff_member_id)?,
        since: input.since_at.map(|at| at.0),
    };
    let outcome = member.services().staff.add_team_member(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(done) => {
            TeamMembershipCreatePayload { team_membership: Some(TeamMembership(done)), user_errors: vec![] }
        }
        Err(problems) => TeamMembershipCreatePayload {
            team_membership: None,
            user_errors: StaffUserError::all(ctx, problems),
        },
    })
}
