//! Join a team, and leave it.

use crate::kernel::failure::Failure;
use crate::kernel::id::TeamMembershipId;
use crate::kernel::scope::Scope;
use crate::staff::command::{AddTeamMember, EndTeamMembership};
use crate::staff::error::StaffError;
use crate::staff::model::{StaffChangeKind, TeamMembership, TeamState};
use crate::staff::service::{
    Answer, StaffService, check_unit, kept_unit, log_team, permit, recorded, serving_member,
};
use crate::staff::store::{self, Whose};
use crate::store::{Begun, Done, StoreError};

impl StaffService {
    /// Lets somebody join a team, open-ended. Needs `STAFF_MANAGE` over the unit it works for.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_PERMITTED`, `MEMBER_LEFT`, `TEAM_DISBANDED`, `PERIOD_OVERLAPS`.
    pub async fn add_team_member(&self, scope: &Scope, command: AddTeamMember) -> Answer<TeamMembership> {
        permit(scope)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.membership_done(scope, done).await,
        };
        let member = serving_member(&tx, command.member, "staffMemberId").await?;
        let Some(team) = store::locked_team(&tx, command.team).await? else {
            return Err(Failure::user("teamId", StaffError::NotFound));
        };
        check_unit(&tx, team.unit, "teamId").await?;
        if team.state == TeamState::Disbanded {
            return Err(Failure::user("teamId", StaffError::TeamDisbanded));
        }
        let since = command.since.unwrap_or_else(|| tx.now());
        let theirs = store::memberships_of(&tx, Whose::Member(member.id), since).await?;
        if theirs.iter().any(|membership| membership.team == team.id) {
            return Err(Failure::user("staffMemberId", StaffError::PeriodOverlaps));
        }
        let membership = TeamMembership {
            id: tx.new_id(),
            team: team.id,
            member: member.id,
            account: member.account,
            since,
            until: None,
            version: 1,
        };
        tx.insert(store::membership_row(&tx, &membership)).await?;
        log_team(&tx, &member, StaffChangeKind::TeamJoined, team.id).await?;
        let id = membership.id;
        recorded(&mut tx, "team_membership.created", "team_membership", &id, id.uuid(), 1);
        tx.commit(Done { id: membership.id.uuid(), version: 1 }).await?;
        Ok(membership)
    }

    /// Ends somebody's time in a team: now, or at an instant past or to come. Needs `STAFF_MANAGE` over the
    /// unit it works for.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_PERMITTED`; `INVALID_PERIOD` before it began or after it ends.
    pub async fn end_team_membership(
        &self,
        scope: &Scope,
        command: EndTeamMembership,
    ) -> Answer<TeamMembership> {
        permit(scope)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.membership_done(scope, done).await,
        };
        let missing = || Failure::user("teamMembershipId", StaffError::NotFound);
        let found = store::membership_by_id(&tx, command.membership).await?.ok_or_else(missing)?;
        let team = store::locked_team(&tx, found.team).await?.ok_or_else(missing)?;
        kept_unit(&tx, team.unit, "teamMembershipId").await?;
        let at = command.at.unwrap_or_else(|| tx.now());
        if at < found.since || found.until.is_some_and(|until| at > until) {
            return Err(Failure::user("untilAt", StaffError::InvalidPeriod));
        }
        let member = store::members(&tx, &[found.member]).await?.pop();
        let member =
            member.ok_or_else(|| StoreError::corrupt("team_memberships", "staff_member_id", found.id))?;
        store::end_membership(&tx, found.id, at).await?;
        log_team(&tx, &member, StaffChangeKind::TeamLeft, team.id).await?;
        let ended = TeamMembership { until: Some(at), version: found.version + 1, ..found };
        let id = ended.id;
        recorded(&mut tx, "team_membership.ended", "team_membership", &id, id.uuid(), ended.version);
        tx.commit(Done { id: id.uuid(), version: ended.version }).await?;
        Ok(ended)
    }

    async fn membership_done(&self, scope: &Scope, done: Done) -> Answer<TeamMembership> {
        let tx = self.db.reader(scope).tx().await?;
        let found = store::membership_by_id(&tx, TeamMembershipId::from_uuid(done.id)).await?;
        found.ok_or_else(|| Failure::user("", StaffError::NotFound))
    }
}
