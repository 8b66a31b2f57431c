//! Appoint somebody to a post.

use crate::identity::directory as identity;
use crate::kernel::failure::Failure;
use crate::kernel::id::AppointmentId;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::staff::command::{self, Appoint, LIST_LIMIT};
use crate::staff::error::StaffError;
use crate::staff::model::{Appointment, AppointmentKind, PostKind, PostKindState, StaffChangeKind};
use crate::staff::service::{
    Answer, StaffService, effect, kept_target, log_appointment, mistake, permit_appointing, recorded,
    serving_member,
};
use crate::staff::store;
use crate::store::{Begun, Done, Tx};

impl StaffService {
    /// Appoints somebody. Needs `APPOINTMENT_MANAGE` over the target, and for a post with a role, whose holder has
    /// an account, what granting that role needs.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_PERMITTED`, `MEMBER_LEFT`, `POST_RETIRED`, `POST_TARGET_MISMATCH`,
    /// `TARGET_DISSOLVED`, `INVALID_PERIOD`, `PERIOD_OVERLAPS`, `POST_TAKEN`, `TOO_MANY`; of the role
    /// `GRANT_EXCEEDS_SCOPE`, `GRANT_TO_SELF`, `ACCOUNT_DISABLED`, `ADMINISTRATORS_SEPARATED`.
    pub async fn appoint(&self, scope: &Scope, command: Appoint) -> Answer<Appointment> {
        permit_appointing(scope)?;
        let document = command::document(command.document.as_deref()).map_err(mistake)?;
        if command.categories.len() > LIST_LIMIT {
            return Err(Failure::user("categoryIds", StaffError::TooMany { limit: LIST_LIMIT }));
        }
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.appointment_done(scope, done).await,
        };
        let since = command.since.unwrap_or_else(|| tx.now());
        let (since, until) = command::period(since, command.until).map_err(mistake)?;
        let member = serving_member(&tx, command.member, "staffMemberId").await?;
        let post = fitting_post(&tx, &command).await?;
        if !identity::are_categories(&tx, &command.categories).await? {
            return Err(Failure::user("categoryIds", StaffError::NotFound));
        }
        let kind = if command.secondment { AppointmentKind::Secondment } else { AppointmentKind::Regular };
        let mut held = Appointment {
            id: tx.new_id(),
            member: member.id,
            account: member.account,
            post_kind: post.id,
            kind,
            target: command.target,
            stands_in_for: None,
            grant: None,
            categories: command.categories,
            since,
            until,
            document,
            created_at: tx.now(),
            version: 1,
        };
        check_overlap(&tx, &held, &post).await?;
        effect::begin(&mut tx, &mut held, &post).await?;
        tx.insert(store::appointment_row(&tx, &held)).await?;
        log_appointment(&tx, &member, StaffChangeKind::Appointed, held.id).await?;
        recorded(&mut tx, "appointment.created", "appointment", &held.id, held.id.uuid(), held.version);
        tx.commit(Done { id: held.id.uuid(), version: held.version }).await?;
        self.forget(scope, held.account.as_slice());
        Ok(held)
    }

    /// The appointment that an earlier use of the key made or changed.
    pub(super) async fn appointment_done(&self, scope: &Scope, done: Done) -> Answer<Appointment> {
        let tx = self.db.reader(scope).tx().await?;
        let found = store::appointments(&tx, &[AppointmentId::from_uuid(done.id)]).await?.pop();
        found.ok_or_else(|| Failure::user("", StaffError::NotFound))
    }
}

/// The kind of post, locked, when it can be held at the target and the caller may appoint there.
async fn fitting_post(tx: &Tx, command: &Appoint) -> Answer<PostKind> {
    let Some(post) = store::locked_post_kind(tx, command.post_kind).await? else {
        return Err(Failure::user("postKindId", StaffError::NotFound));
    };
    if post.state == PostKindState::Retired {
        return Err(Failure::user("postKindId", StaffError::PostRetired));
    }
    let target = kept_target(tx, Permission::AppointmentManage, command.target, "target").await?;
    if !post.targets.contains(&target.kind) {
        return Err(Failure::user("target", StaffError::PostTargetMismatch));
    }
    if target.dissolved {
        return Err(Failure::user("target", StaffError::TargetDissolved));
    }
    Ok(post)
}

/// Refuses a post that the same person, or for an exclusive one somebody else, holds there at that time.
async fn check_overlap(tx: &Tx, wanted: &Appointment, post: &PostKind) -> Answer<()> {
    let others = store::overlapping(tx, wanted).await?;
    let mut others = others.iter().filter(|held| held.kind != AppointmentKind::StandIn);
    if others.clone().any(|held| held.member == wanted.member) {
        return Err(Failure::user("staffMemberId", StaffError::PeriodOverlaps));
    }
    if post.exclusive && others.next().is_some() && !mutant::active(Mutant::NoExclusivePost) {
        return Err(Failure::user("target", StaffError::PostTaken));
    }
    Ok(())
}
