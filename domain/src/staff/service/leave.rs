//! Let somebody leave the force.

use crate::identity::Phone;
use crate::kernel::change::Change;
use crate::kernel::failure::Failure;
use crate::kernel::id::StaffMemberId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::staff::error::{StaffError, moved};
use crate::staff::model::{StaffChangeKind, StaffMember, StaffMemberState};
use crate::staff::service::{
    Answer, StaffService, change, effect, kept_target, kept_unit, log, log_team, permit, recorded,
    serving_member,
};
use crate::staff::store::{self, Whose};
use crate::store::{Begun, Done, StoreError};

impl StaffService {
    /// Lets somebody leave: all their appointments and team memberships end now, with the roles they gave.
    /// Their account stays as it is, free for
    /// whoever comes back with it; teams they led have no leader. Needs `STAFF_MANAGE` over the unit that keeps their file and over
    /// everything they hold, and for a role what granting it needs.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_PERMITTED`, `CONFLICT`, `MEMBER_LEFT`.
    pub async fn leave(
        &self,
        scope: &Scope,
        member: StaffMemberId,
        expected_version: i64,
    ) -> Answer<StaffMember> {
        permit(scope)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.member_done(scope, done).await,
        };
        let before = serving_member(&tx, member, "staffMemberId").await?;
        kept_unit(&tx, before.unit, "staffMemberId").await?;
        if before.version != expected_version {
            let current_version = before.version;
            return Err(Failure::user("expectedVersion", StaffError::Conflict { current_version }));
        }
        let now = tx.now();
        let mut touched = vec![];
        for held in store::appointments_of(&tx, member, now).await? {
            kept_target(&tx, Permission::StaffManage, held.target, "staffMemberId").await?;
            let ended = effect::end(&mut tx, &before, &held, now).await;
            touched.extend(ended.map_err(|failure| moved(failure, |_| "staffMemberId"))?);
        }
        for membership in store::memberships_of(&tx, Whose::Member(member), now).await? {
            store::end_membership(&tx, membership.id, now.max(membership.since)).await?;
            log_team(&tx, &before, StaffChangeKind::TeamLeft, membership.team).await?;
        }
        let after = StaffMember {
            state: StaffMemberState::Left,
            account: None,
            version: before.version + 1,
            ..before.clone()
        };
        store::relink(&tx, member, None).await?;
        store::leave_leading(&tx, member).await?;
        let sealed = store::resealed(&tx, &after, Change::<Phone>::Keep).await?;
        store::update_member(&tx, &after, sealed, before.version).await?;
        log(&tx, change(&tx, &after, StaffChangeKind::Left)).await?;
        recorded(&mut tx, "staff_member.left", "staff_member", &member, member.uuid(), after.version);
        let after = store::members(&tx, &[member]).await?.pop();
        let after = after.ok_or_else(|| StoreError::corrupt("staff_members", "id", member))?;
        tx.commit(Done { id: member.uuid(), version: after.version }).await?;
        self.forget(scope, &touched);
        Ok(after)
    }
}
