//! `staffMemberLeave`.

use async_graphql::{Context, ID, InputObject, SimpleObject};

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::staff::StaffUserError;
use crate::graphql::staff::types::StaffMember;

/// Input of `staffMemberLeave`.
#[derive(InputObject)]
pub(super) struct StaffMemberLeaveInput {
    /// Who leaves.
    staff_member_id: ID,
    /// The version the caller saw.
    expected_version: i64,
}

/// Outcome of `staffMemberLeave`.
#[derive(SimpleObject)]
pub(super) struct StaffMemberLeavePayload {
    /// The person, who left; null when `userErrors` says why not.
    staff_member: Option<StaffMember>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<StaffUserError>,
}

/// Let somebody leave the force: all they hold and every membership ends now. Their account stays.
pub(super) async fn run(ctx: &Context<'_>, input: StaffMemberLeaveInput) -> Outcome<StaffMemberLeavePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "staffMemberLeave")?;
    let command = id::parse(&input.staff_member_id)?;
    let outcome = member.services().staff.leave(&scope, command, input.expected_version).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(done) => StaffMemberLeavePayload { staff_member: Some(StaffMember(done)), user_errors: vec![] },
        Err(problems) => {
            StaffMemberLeavePayload { staff_member: None, user_errors: StaffUserError::all(ctx, problems) }
        }
    })
}
