//! `appointmentStandIn`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::staff as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::staff::StaffUserError;
use crate::graphql::staff::types::Appointment;

/// Input of `appointmentStandIn`.
#[derive(InputObject)]
pub(super) struct AppointmentStandInInput {
    /// Whose duty is taken.
    appointment_id: ID,
    /// Who takes it.
    staff_member_id: ID,
    /// First instant; now when absent.
    since_at: Option<DateTime>,
    /// First instant after it: a stand-in is for a time.
    until_at: DateTime,
    /// Number of the document, at most 64 characters.
    document: Option<String>,
}

/// Outcome of `appointmentStandIn`.
#[derive(SimpleObject)]
pub(super) struct AppointmentStandInPayload {
    /// The appointment of the stand-in; null when `userErrors` says why not.
    appointment: Option<Appointment>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<StaffUserError>,
}

/// Let somebody take the duty of an appointment for a time (代班); its holder keeps it.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: AppointmentStandInInput,
) -> Outcome<AppointmentStandInPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "appointmentStandIn")?;
    let command = domain::StandIn {
        appointment: id::parse(&input.appointment_id)?,
        member: id::parse(&input.staff_member_id)?,
        since: input.since_at.map(|at| at.0),
        until: input.until_at.0,
        document: input.document,
    };
    let outcome = member.services().staff.stand_in(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(done) => AppointmentStandInPayload { appointment: Some(Appointment(done)), user_errors: vec![] },
        Err(problems) => {
            AppointmentStandInPayload { appointment: None, user_errors: StaffUserError::all(ctx, problems) }
        }
    })
}
