//! Change a team, or disband it.

use crate::kernel::change::Change;
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::staff::command::{self, UpdateTeam};
use crate::staff::error::StaffError;
use crate::staff::model::{StaffChangeKind, Team, TeamState};
use crate::staff::service::create_team::check_leader;
use crate::staff::service::{Answer, StaffService, kept_unit, log_team, mistake, permit, recorded};
use crate::staff::store::{self, Whose};
use crate::store::{Begun, Done, Tx};

impl StaffService {
    /// Changes a team. Disbanding it ends every membership now; a disbanded one stays as it is. Needs
    /// `STAFF_MANAGE` over the unit it works for.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_PERMITTED`, `CONFLICT`, `TEAM_DISBANDED`, `MEMBER_LEFT`, `REQUIRED`, `TOO_LONG`,
    /// `INVALID_TEXT`.
    pub async fn update_team(&self, scope: &Scope, command: UpdateTeam) -> Answer<Team> {
        permit(scope)?;
        let name = command.name.as_deref().map(|name| command::name(name, "name")).transpose();
        let name = name.map_err(mistake)?;
        let brand_name = match command.brand_name {
            Change::Set(text) => {
                let text = command::optional_name(Some(&text), "brandName").map_err(mistake)?;
                text.map_or(Change::Clear, Change::Set)
            }
            other => other,
        };
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.team_done(scope, done).await,
        };
        let Some(before) = store::locked_team(&tx, command.team).await? else {
            return Err(Failure::user("teamId", StaffError::NotFound));
        };
        kept_unit(&tx, before.unit, "teamId").await?;
        if before.version != command.expected_version {
            let current_version = before.version;
            return Err(Failure::user("expectedVersion", StaffError::Conflict { current_version }));
        }
        if before.state == TeamState::Disbanded {
            return Err(Failure::user("teamId", StaffError::TeamDisbanded));
        }
        if let Change::Set(leader) = command.leader {
            check_leader(&tx, Some(leader)).await?;
        }
        let after = Team {
            name: name.unwrap_or(before.name),
            brand_name: brand_name.applied(before.brand_name),
            leader: command.leader.applied(before.leader),
            state: command.state.unwrap_or(before.state),
            version: before.version + 1,
            ..before
        };
        if after.state == TeamState::Disbanded {
            end_memberships(&tx, &after).await?;
        }
        store::update_team(&tx, &after, command.expected_version).await?;
        recorded(&mut tx, "team.updated", "team", &after.id, after.id.uuid(), after.version);
        tx.commit(Done { id: after.id.uuid(), version: after.version }).await?;
        Ok(after)
    }
}

async fn end_memberships(tx: &Tx, team: &Team) -> Answer<()> {
    for membership in store::memberships_of(tx, Whose::Team(team.id), tx.now()).await? {
        store::end_membership(tx, membership.id, tx.now().max(membership.since)).await?;
        if let Some(member) = store::members(tx, &[membership.member]).await?.pop() {
            log_team(tx, &member, StaffChangeKind::TeamLeft, team.id).await?;
        }
    }
    Ok(())
}
