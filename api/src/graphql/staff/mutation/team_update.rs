//! `teamUpdate`.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, SimpleObject};
use fengqiao_domain::staff as domain;

use crate::graphql::context::member;
use crate::graphql::kit::change::change;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::staff::StaffUserError;
use crate::graphql::staff::enums::TeamState;
use crate::graphql::staff::team_types::Team;

/// Input of `teamUpdate`. What is absent stays.
#[derive(InputObject)]
pub(super) struct TeamUpdateInput {
    /// Which team changes.
    team_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// Name, 1 to 60 characters.
    name: Option<String>,
    /// Brand name (品牌), at most 60 characters; null takes it away.
    brand_name: MaybeUndefined<String>,
    /// Who leads it; null takes it away.
    leader_id: MaybeUndefined<ID>,
    /// `DISBANDED` is for good.
    state: Option<TeamState>,
}

/// Outcome of `teamUpdate`.
#[derive(SimpleObject)]
pub(super) struct TeamUpdatePayload {
    /// The team after the change; null when `userErrors` says why not.
    team: Option<Team>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<StaffUserError>,
}

/// Change a team, or disband it, which ends every membership now.
pub(super) async fn run(ctx: &Context<'_>, input: TeamUpdateInput) -> Outcome<TeamUpdatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "teamUpdate")?;
    let command = domain::UpdateTeam {
        team: id::parse(&input.team_id)?,
        expected_version: input.expected_version,
        name: input.name,
        brand_name: change(input.brand_name),
        leader: id::parse_change(&input.leader_id)?,
        state: input.state.map(Into::into),
    };
    let outcome = member.services().staff.update_team(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(done) => TeamUpdatePayload { team: Some(Team(done)), user_errors: vec![] },
        Err(problems) => TeamUpdatePayload { team: None, user_errors: StaffUserError::all(ctx, problems) },
    })
}
