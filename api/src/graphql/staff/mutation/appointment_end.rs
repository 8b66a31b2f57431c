//! `appointmentEnd`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::staff as domain;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::kit::scalars::DateTime;
use crate::graphql::staff::StaffUserError;
use crate::graphql::staff::types::Appointment;

/// Input of `appointmentEnd`.
#[derive(InputObject)]
pub(super) struct AppointmentEndInput {
    /// Which appointment ends.
    appointment_id: ID,
    /// The version the caller saw.
    expected_version: i64,
    /// First instant after it, not later than it ends already; now when absent.
    until_at: Option<DateTime>,
}

/// Outcome of `appointmentEnd`.
#[derive(SimpleObject)]
pub(super) struct AppointmentEndPayload {
    /// The appointment with its end; null when `userErrors` says why not.
    appointment: Option<Appointment>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<StaffUserError>,
}

/// End an appointment and whoever stands in for it; the role it gave ends with it.
pub(super) async fn run(ctx: &Context<'_>, input: AppointmentEndInput) -> Outcome<AppointmentEndPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "appointmentEnd")?;
    let command = domain::EndAppointment {
        appointment: id::parse(&input.appointment_id)?,
        expected_version: input.expected_version,
        at: input.until_at.map(|at| at.0),
    };
    let outcome = member.services().staff.end_appointment(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(done) => AppointmentEndPayload { appointment: Some(Appointment(done)), user_errors: vec![] },
        Err(problems) => {
            AppointmentEndPayload { appointment: None, user_errors: StaffUserError::all(ctx, problems) }
        }
    })
}
