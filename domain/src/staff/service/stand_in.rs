//! Let somebody take the duty of another's appointment for a time (代班).

use crate::kernel::failure::Failure;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::staff::command::{self, StandIn};
use crate::staff::error::{StaffError, moved};
use crate::staff::model::{Appointment, AppointmentKind, StaffChangeKind};
use crate::staff::service::{
    Answer, StaffService, effect, kept_target, log_appointment, mistake, permit_appointing, recorded,
    serving_member,
};
use crate::staff::store;
use crate::store::{Begun, Done, StoreError, Tx};

impl StaffService {
    /// Lets somebody stand in. They hold the same post at the same target with the same categories; the
    /// holder keeps theirs. Needs what appointing them there needs.
    ///
    /// # Errors
    /// As of appointing; `INVALID_STAND_IN` for one's own appointment or another stand-in's,
    /// `INVALID_PERIOD` outside the appointment's, `POST_TAKEN` while another one stands in.
    pub async fn stand_in(&self, scope: &Scope, command: StandIn) -> Answer<Appointment> {
        permit_appointing(scope)?;
        let document = command::document(command.document.as_deref()).map_err(mistake)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.appointment_done(scope, done).await,
        };
        let since = command.since.unwrap_or_else(|| tx.now());
        let own = held_by_another(&tx, &command).await?;
        let member = serving_member(&tx, command.member, "staffMemberId").await?;
        let (since, until) = command::period(since, Some(command.until)).map_err(mistake)?;
        if since < own.since {
            return Err(Failure::user("sinceAt", StaffError::InvalidPeriod));
        }
        if own.until.is_some_and(|end| command.until > end) {
            return Err(Failure::user("untilAt", StaffError::InvalidPeriod));
        }
        let others = store::stand_ins_of(&tx, own.id, since).await?;
        if others.iter().any(|other| other.since < command.until) {
            return Err(Failure::user("appointmentId", StaffError::PostTaken));
        }
        let post = store::post_kind_by_id(&tx, own.post_kind).await?;
        let post = post.ok_or_else(|| StoreError::corrupt("appointments", "post_kind_id", own.id))?;
        let mut held = Appointment {
            id: tx.new_id(),
            member: member.id,
            account: member.account,
            post_kind: own.post_kind,
            kind: AppointmentKind::StandIn,
            target: own.target,
            stands_in_for: Some(own.id),
            grant: None,
            categories: own.categories,
            since,
            until,
            document,
            created_at: tx.now(),
            version: 1,
        };
        let begun = effect::begin(&mut tx, &mut held, &post).await;
        begun.map_err(|failure| {
            moved(failure, |path| if path == "target" { "appointmentId" } else { path })
        })?;
        tx.insert(store::appointment_row(&tx, &held)).await?;
        log_appointment(&tx, &member, StaffChangeKind::Appointed, held.id).await?;
        recorded(&mut tx, "appointment.stood_in", "appointment", &held.id, held.id.uuid(), held.version);
        tx.commit(Done { id: held.id.uuid(), version: held.version }).await?;
        self.forget(scope, held.account.as_slice());
        Ok(held)
    }
}

/// The appointment whose duty is taken, locked, where the caller may appoint.
async fn held_by_another(tx: &Tx, command: &StandIn) -> Answer<Appointment> {
    let missing = || Failure::user("appointmentId", StaffError::NotFound);
    let found = store::appointments(tx, &[command.appointment]).await?.pop().ok_or_else(missing)?;
    // The holder before what they hold, as whoever ends it does.
    store::locked_member(tx, found.member).await?.ok_or_else(missing)?;
    let own = store::locked_appointment(tx, command.appointment).await?.ok_or_else(missing)?;
    let target = kept_target(tx, Permission::AppointmentManage, own.target, "appointmentId").await?;
    if target.dissolved {
        return Err(Failure::user("appointmentId", StaffError::TargetDissolved));
    }
    if own.kind == AppointmentKind::StandIn || own.member == command.member {
        return Err(Failure::user("appointmentId", StaffError::InvalidStandIn));
    }
    Ok(own)
}
