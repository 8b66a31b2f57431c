//! Register a team.

use crate::kernel::failure::Failure;
use crate::kernel::id::{StaffMemberId, TeamId};
use crate::kernel::scope::Scope;
use crate::staff::command::{self, CreateTeam};
use crate::staff::error::StaffError;
use crate::staff::model::{Team, TeamState};
use crate::staff::service::{
    Answer, StaffService, check_organisation, check_unit, mistake, permit, recorded, serving_member, taken,
};
use crate::staff::store;
use crate::store::{Begun, Done, Tx};

impl StaffService {
    /// Registers a team. Needs `STAFF_MANAGE` over the unit it works for.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_PERMITTED`, `TARGET_DISSOLVED`, `MEMBER_LEFT`, `CODE_TAKEN`, `INVALID_CODE`,
    /// `REQUIRED`, `TOO_LONG`, `INVALID_TEXT`.
    pub async fn create_team(&self, scope: &Scope, command: CreateTeam) -> Answer<Team> {
        permit(scope)?;
        let code = command::code(&command.code, "code").map_err(mistake)?;
        let name = command::name(&command.name, "name").map_err(mistake)?;
        let brand_name =
            command::optional_name(command.brand_name.as_deref(), "brandName").map_err(mistake)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.team_done(scope, done).await,
        };
        check_unit(&tx, command.unit, "unitId").await?;
        check_organisation(&tx, command.organisation, "organisationId").await?;
        check_leader(&tx, command.leader).await?;
        let team = Team {
            id: tx.new_id(),
            code,
            name,
            brand_name,
            kind: command.kind,
            unit: command.unit,
            organisation: command.organisation,
            leader: command.leader,
            state: TeamState::Active,
            created_at: tx.now(),
            version: 1,
        };
        tx.insert(store::team_row(&tx, &team)).await.map_err(taken)?;
        recorded(&mut tx, "team.created", "team", &team.id, team.id.uuid(), team.version);
        tx.commit(Done { id: team.id.uuid(), version: team.version }).await?;
        Ok(team)
    }

    /// The team that an earlier use of the key made or changed.
    pub(super) async fn team_done(&self, scope: &Scope, done: Done) -> Answer<Team> {
        let tx = self.db.reader(scope).tx().await?;
        let found = store::teams(&tx, &[TeamId::from_uuid(done.id)]).await?.pop();
        found.ok_or_else(|| Failure::user("", StaffError::NotFound))
    }
}

/// Refuses a leader who does not exist or left.
pub(super) async fn check_leader(tx: &Tx, leader: Option<StaffMemberId>) -> Answer<()> {
    match leader {
        Some(leader) => serving_member(tx, leader, "leaderId").await.map(drop),
        None => Ok(()),
    }
}
