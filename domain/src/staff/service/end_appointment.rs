//! End an appointment.

use crate::kernel::failure::Failure;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::staff::command::EndAppointment;
use crate::staff::error::StaffError;
use crate::staff::model::Appointment;
use crate::staff::service::{Answer, StaffService, effect, kept_target, permit_appointing};
use crate::staff::store;
use crate::store::{Begun, Done, StoreError};

impl StaffService {
    /// Ends an appointment and whoever stands in for it, now, at an instant past or to come. Ended before it
    /// began, it never took effect. Ending it again later changes nothing. Needs `APPOINTMENT_MANAGE` over the
    /// target, and for a role what granting it needs.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_PERMITTED`, `CONFLICT`; `INVALID_PERIOD` for an instant after its end.
    pub async fn end_appointment(&self, scope: &Scope, command: EndAppointment) -> Answer<Appointment> {
        permit_appointing(scope)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.appointment_done(scope, done).await,
        };
        let missing = || Failure::user("appointmentId", StaffError::NotFound);
        // People are locked before what they hold, here and everywhere: whoever waits holds nothing back.
        let found = store::appointments(&tx, &[command.appointment]).await?.pop().ok_or_else(missing)?;
        let member = store::locked_member(&tx, found.member).await?.ok_or_else(missing)?;
        let held = store::locked_appointment(&tx, command.appointment).await?.ok_or_else(missing)?;
        kept_target(&tx, Permission::AppointmentManage, held.target, "appointmentId").await?;
        if held.version != command.expected_version {
            let current_version = held.version;
            return Err(Failure::user("expectedVersion", StaffError::Conflict { current_version }));
        }
        let at = command.at.unwrap_or_else(|| tx.now());
        if command.at.is_some() && held.until.is_some_and(|until| at > until) {
            return Err(Failure::user("untilAt", StaffError::InvalidPeriod));
        }
        let touched = effect::end(&mut tx, &member, &held, at).await?;
        let held = store::appointments(&tx, &[held.id]).await?.pop();
        let held = held.ok_or_else(|| StoreError::corrupt("appointments", "id", command.appointment))?;
        tx.commit(Done { id: held.id.uuid(), version: held.version }).await?;
        self.forget(scope, &touched);
        Ok(held)
    }
}
