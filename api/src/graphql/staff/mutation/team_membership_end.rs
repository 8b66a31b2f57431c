//! `teamMembershipEnd`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::staff as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::staff::StaffUserError;
use crate::graphql::staff::team_types::TeamMembership;

/// Input of `teamMembershipEnd`.
#[derive(InputObject)]
pub(super) struct TeamMembershipEndInput {
    /// Which membership ends.
    team_membership_id: ID,
    /// First instant after it; now when absent.
    until_at: Option<DateTime>,
}

/// Outcome of `teamMembershipEnd`.
#[derive(SimpleObject)]
pub(super) struct TeamMembershipEndPayload {
    /// Their time in the team, with its end; null when `userErrors` says why not.
    team_membership: Option<TeamMembership>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<StaffUserError>,
}

/// End somebody's time in a team.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: TeamMembershipEndInput,
) -> Outcome<TeamMembershipEndPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "teamMembershipEnd")?;
    let command = domain::EndTeamMembership {
        membership: id::parse(&input.team_membership_id)?,
        at: input.until_at.map(|at| at.0),
    };
    let outcome = member.services().staff.end_team_membership(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(done) => {
            TeamMembershipEndPayload { team_membership: Some(TeamMembership(done)), user_errors: vec![] }
        }
        Err(problems) => TeamMembershipEndPayload {
            team_membership: None,
            user_errors: StaffUserError::all(ctx, problems),
        },
    })
}
