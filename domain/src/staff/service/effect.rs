//! What an appointment does to its holder's account: the role of its post comes and goes with it.

use crate::identity::{GrantRole, RoleGrant, directory as identity};
use crate::kernel::id::{AccountId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::staff::error::of_role;
use crate::staff::model::{Appointment, PostKind, StaffChangeKind, StaffMember};
use crate::staff::service::{Answer, log_appointment, recorded};
use crate::staff::store;
use crate::store::{Tx, WriteTx};

/// Gives the holder's account the role of the post, when both are there and the appointment is not over.
pub(super) async fn begin(tx: &mut WriteTx, held: &mut Appointment, post: &PostKind) -> Answer<()> {
    let (Some(account), Some(role)) = (held.account, post.role) else { return Ok(()) };
    if !held.lasts_beyond(tx.now()) {
        return Ok(());
    }
    let command = GrantRole {
        account,
        role,
        target: held.target,
        since: Some(held.since),
        until: held.until,
        categories: held.categories.clone(),
        ceiling: None,
    };
    held.grant = Some(identity::give_role(tx, command).await.map_err(of_role)?.id);
    Ok(())
}

/// The grant that the system makes with an appointment, whom nobody's grants limit.
pub(super) fn granted(tx: &Tx, held: &mut Appointment, post: &PostKind) -> Option<RoleGrant> {
    let (account, role) = held.account.zip(post.role)?;
    let grant = RoleGrant {
        id: tx.new_id(),
        account,
        role,
        target: held.target,
        since: held.since,
        until: held.until,
        categories: held.categories.clone(),
        ceiling: role.ceiling(),
        granted_by: None,
        revoked_at: None,
        version: 1,
    };
    held.grant = Some(grant.id);
    Some(grant)
}

/// Takes the role again, at an instant.
pub(super) async fn stop(tx: &mut WriteTx, held: &Appointment, at: Timestamp) -> Answer<()> {
    if let Some(grant) = held.grant.filter(|_| !mutant::active(Mutant::RoleOutlivesPost)) {
        identity::end_role(tx, grant, at).await.map_err(of_role)?;
    }
    Ok(())
}

/// Ends an appointment of somebody at an instant, and whoever stands in for them: the accounts that lose
/// something. One that has not begun by then never took effect; one that is over stays as it is.
pub(super) async fn end(
    tx: &mut WriteTx,
    member: &StaffMember,
    held: &Appointment,
    at: Timestamp,
) -> Answer<Vec<AccountId>> {
    let mut touched = end_one(tx, member, held, at).await?;
    for stand_in in store::stand_ins_of(tx, held.id, at).await? {
        let found = store::members(tx, &[stand_in.member]).await?.pop();
        if let Some(stand_in_member) = found {
            touched.extend(end_one(tx, &stand_in_member, &stand_in, at).await?);
        }
    }
    Ok(touched)
}

async fn end_one(
    tx: &mut WriteTx,
    member: &StaffMember,
    held: &Appointment,
    at: Timestamp,
) -> Answer<Vec<AccountId>> {
    let at = at.max(held.since);
    if !held.lasts_beyond(at) {
        return Ok(vec![]);
    }
    store::end_appointment(tx, held.id, at).await?;
    stop(tx, held, at).await?;
    log_appointment(tx, member, StaffChangeKind::AppointmentEnded, held.id).await?;
    recorded(tx, "appointment.ended", "appointment", &held.id, held.id.uuid(), held.version + 1);
    Ok(held.account.into_iter().collect())
}
