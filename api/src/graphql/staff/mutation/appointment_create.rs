//! `appointmentCreate`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::staff as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::staff::StaffUserError;
use crate::graphql::staff::types::{Appointment, AppointmentTargetInput};

/// Input of `appointmentCreate`.
#[derive(InputObject)]
pub(super) struct AppointmentCreateInput {
    /// Who is appointed.
    staff_member_id: ID,
    /// To what.
    post_kind_id: ID,
    /// Where.
    target: AppointmentTargetInput,
    /// Whether they are seconded there (借调), away from the unit that keeps their file.
    is_secondment: Option<bool>,
    /// First instant, past or to come; now when absent.
    since_at: Option<DateTime>,
    /// First instant after it; open-ended when absent.
    until_at: Option<DateTime>,
    /// The categories it is limited to, each with all below it, at most 100; every category when absent.
    category_ids: Option<Vec<ID>>,
    /// Number of the document of appointment (任命文号), at most 64 characters.
    document: Option<String>,
}

/// Outcome of `appointmentCreate`.
#[derive(SimpleObject)]
pub(super) struct AppointmentCreatePayload {
    /// The appointment as it was made; null when `userErrors` says why not.
    appointment: Option<Appointment>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<StaffUserError>,
}

/// Appoint somebody to a post; their account gets its role in the same moment, never beyond what the caller may grant.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: AppointmentCreateInput,
) -> Outcome<AppointmentCreatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "appointmentCreate")?;
    let command = domain::Appoint {
        member: id::parse(&input.staff_member_id)?,
        post_kind: id::parse(&input.post_kind_id)?,
        target: input.target.parsed()?,
        secondment: input.is_secondment.unwrap_or_default(),
        since: input.since_at.map(|at| at.0),
        until: input.until_at.map(|at| at.0),
        categories: id::parse_all(&input.category_ids.unwrap_or_default(), 100)?,
        document: input.document,
    };
    let outcome = member.services().staff.appoint(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(done) => AppointmentCreatePayload { appointment: Some(Appointment(done)), user_errors: vec![] },
        Err(problems) => {
            AppointmentCreatePayload { appointment: None, user_errors: StaffUserError::all(ctx, problems) }
        }
    })
}
