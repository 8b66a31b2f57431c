//! `staffMemberCreate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::staff as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::staff::StaffUserError;
use crate::graphql::staff::types::StaffMember;

/// Input of `staffMemberCreate`.
#[derive(InputObject)]
pub(super) struct StaffMemberCreateInput {
    /// Staff number (工号): 1 to 64 letters, digits, `.`, `-`, `_`; the next serial of the tenant when absent.
    code: Option<String>,
    /// Name, 1 to 60 characters; never a masked one.
    name: String,
    /// Telephone number, at most 32 characters; never a masked one.
    phone: Option<String>,
    /// The unit that keeps their file.
    unit_id: ID,
    /// The organisation they belong to.
    organisation_id: Option<ID>,
    /// Their account: it gets the roles of what they will hold.
    account_id: Option<ID>,
}

/// Outcome of `staffMemberCreate`.
#[derive(SimpleObject)]
pub(super) struct StaffMemberCreatePayload {
    /// The person as they were entered; null when `userErrors` says why not.
    staff_member: Option<StaffMember>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<StaffUserError>,
}

/// Enter somebody into the roster, under the unit that keeps their file.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: StaffMemberCreateInput,
) -> Outcome<StaffMemberCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "staffMemberCreate")?;
    let command = domain::CreateStaffMember {
        code: input.code,
        name: input.name,
        phone: input.phone,
        unit: id::parse(&input.unit_id)?,
        organisation: id::parse_optional(input.organisation_id.as_ref())?,
        account: id::parse_optional(input.account_id.as_ref())?,
    };
    let outcome = member.services().staff.create_staff_member(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(done) => StaffMemberCreatePayload { staff_member: Some(StaffMember(done)), user_errors: vec![] },
        Err(problems) => {
            StaffMemberCreatePayload { staff_member: None, user_errors: StaffUserError::all(ctx, problems) }
        }
    })
}
