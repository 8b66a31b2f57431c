//! Reads of teams: everyone of the tenant knows them, the staff who is in them.

use std::collections::HashMap;

use crate::kernel::id::{TeamId, UnitId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::scope::Scope;
use crate::staff::model::{Team, TeamKind, TeamMembership, TeamState};
use crate::staff::service::query::units_within;
use crate::staff::service::{Answer, StaffService};
use crate::staff::store::{self, TeamPage};
use crate::store::{Reader, StoreError, Tx};

/// Which teams are wanted: all conditions at once.
#[derive(Clone, Copy, Debug, Default)]
pub struct TeamFilter {
    /// Only those that work for this unit, or one below it.
    pub unit: Option<UnitId>,
    /// Only of this kind.
    pub kind: Option<TeamKind>,
    /// Only in this state.
    pub state: Option<TeamState>,
}

impl StaffService {
    /// Teams by id; unknown ids are left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn teams_by_id(
        &self,
        _scope: &Scope,
        reader: &Reader,
        ids: &[TeamId],
    ) -> Answer<HashMap<TeamId, Team>> {
        let found = store::teams(&*reader.tx().await?, ids).await?;
        Ok(found.into_iter().map(|team| (team.id, team)).collect())
    }

    /// A page of teams by code.
    ///
    /// # Errors
    /// As the database says.
    pub async fn teams(
        &self,
        _scope: &Scope,
        reader: &Reader,
        filter: &TeamFilter,
        page: &PageRequest,
    ) -> Answer<Page<Team>> {
        let tx = reader.tx().await?;
        Ok(store::teams_page(&tx, &wanted(&tx, filter).await?, page).await?)
    }

    /// How many teams the filter finds, counted no further than the page limit of counts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_teams(&self, _scope: &Scope, reader: &Reader, filter: &TeamFilter) -> Answer<u64> {
        let tx = reader.tx().await?;
        Ok(store::teams_count(&tx, &wanted(&tx, filter).await?).await?)
    }

    /// A page of those who are in a team now, newest first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn team_members(
        &self,
        _scope: &Scope,
        reader: &Reader,
        team: TeamId,
        page: &PageRequest,
    ) -> Answer<Page<TeamMembership>> {
        let tx = reader.tx().await?;
        Ok(store::memberships_page(&tx, team, tx.now(), page).await?)
    }

    /// How many are in a team now, counted no further than the page limit of counts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_team_members(&self, _scope: &Scope, reader: &Reader, team: TeamId) -> Answer<u64> {
        let tx = reader.tx().await?;
        Ok(store::memberships_count(&tx, team, tx.now()).await?)
    }
}

async fn wanted(tx: &Tx, filter: &TeamFilter) -> Result<TeamPage, StoreError> {
    let units = match filter.unit {
        Some(unit) => units_within(tx, unit).await?,
        None => None,
    };
    Ok(TeamPage { units, kind: filter.kind, state: filter.state })
}
