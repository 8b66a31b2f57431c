//! `staffMemberUpdate`.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, SimpleObject};
use fengqiao_domain::staff as domain;

use crate::graphql::context::member;
use crate::graphql::kit::change::change;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::staff::StaffUserError;
use crate::graphql::staff::types::StaffMember;

/// Input of `staffMemberUpdate`. What is absent stays.
#[derive(InputObject)]
pub(super) struct StaffMemberUpdateInput {
    /// Who changes.
    staff_member_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// Name, 1 to 60 characters; never a masked one.
    name: Option<String>,
    /// Telephone number, at most 32 characters; null takes it away.
    phone: MaybeUndefined<String>,
    /// The unit that keeps their file.
    unit_id: Option<ID>,
    /// The organisation they belong to; null takes it away.
    organisation_id: MaybeUndefined<ID>,
    /// Their account; null takes it away, and with it the roles of what they hold.
    account_id: MaybeUndefined<ID>,
}

/// Outcome of `staffMemberUpdate`.
#[derive(SimpleObject)]
pub(super) struct StaffMemberUpdatePayload {
    /// The person after the change; null when `userErrors` says why not.
    staff_member: Option<StaffMember>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<StaffUserError>,
}

/// Change somebody of the force. Another account takes over the roles of what they hold.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: StaffMemberUpdateInput,
) -> Outcome<StaffMemberUpdatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "staffMemberUpdate")?;
    let command = domain::UpdateStaffMember {
        member: id::parse(&input.staff_member_id)?,
        expected_version: input.expected_version,
        name: input.name,
        phone: change(input.phone),
        unit: id::parse_optional(input.unit_id.as_ref())?,
        organisation: id::parse_change(&input.organisation_id)?,
        account: id::parse_change(&input.account_id)?,
    };
    let outcome = member.services().staff.update_staff_member(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(done) => StaffMemberUpdatePayload { staff_member: Some(StaffMember(done)), user_errors: vec![] },
        Err(problems) => {
            StaffMemberUpdatePayload { staff_member: None, user_errors: StaffUserError::all(ctx, problems) }
        }
    })
}
