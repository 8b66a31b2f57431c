//! Teams and who is in them.

use std::collections::BTreeSet;

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait};

use fengqiao_entity::staff::{team, team_membership};

use crate::kernel::id::{AccountId, StaffMemberId, TeamId, TeamMembershipId, Timestamp, UnitId};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::staff::model::{Team, TeamKind, TeamMembership, TeamState};
use crate::staff::store::{OPEN_END, parsed, text, until};
use crate::store::{Keyset, Select, StoreError, Tx, counted};

const TABLE: &str = "teams";

/// A team as a row; the tenant is stamped on insert.
pub(crate) fn team_row(tx: &Tx, team: &Team) -> team::Model {
    team::Model {
        tenant_id: tx.scope().tenant(),
        id: team.id,
        code: team.code.clone(),
        name: team.name.clone(),
        brand_name: team.brand_name.clone(),
        kind: text(team.kind),
        unit_id: team.unit,
        organisation_id: team.organisation,
        leader_id: team.leader,
        state: text(team.state),
        created_at: team.created_at,
        version: team.version,
    }
}

fn value(row: team::Model) -> Result<Team, StoreError> {
    Ok(Team {
        id: row.id,
        kind: parsed(TABLE, "kind", &row.kind)?,
        state: parsed(TABLE, "state", &row.state)?,
        code: row.code,
        name: row.name,
        brand_name: row.brand_name,
        unit: row.unit_id,
        organisation: row.organisation_id,
        leader: row.leader_id,
        created_at: row.created_at,
        version: row.version,
    })
}

/// Teams by id; unknown ids are left out.
pub(crate) async fn teams(tx: &Tx, ids: &[TeamId]) -> Result<Vec<Team>, StoreError> {
    let found = team::Column::Id.is_in(ids.iter().copied());
    let rows = tx.select::<team::Entity>().filter(found).all().await?;
    rows.into_iter().map(value).collect()
}

/// A team whose row stays locked until the transaction ends.
pub(crate) async fn locked_team(tx: &Tx, id: TeamId) -> Result<Option<Team>, StoreError> {
    let row = tx.select::<team::Entity>().filter(team::Column::Id.eq(id)).lock().one().await?;
    row.map(value).transpose()
}

/// Writes what an update may change, if the version is still `expected`: whether it was.
pub(crate) async fn update_team(tx: &Tx, team: &Team, expected: i64) -> Result<bool, StoreError> {
    use team::Column;
    let changed = tx
        .update::<team::Entity>()
        .set(Column::Name, Expr::val(team.name.clone()))
        .set(Column::BrandName, Expr::val(team.brand_name.clone()))
        .set(Column::LeaderId, Expr::val(team.leader.map(StaffMemberId::uuid)))
        .set(Column::State, Expr::val(text(team.state)))
        .set(Column::Version, Expr::val(team.version))
        .filter(Column::Id.eq(team.id).and(Column::Version.eq(expected)))
        .run()
        .await?;
    Ok(changed == 1)
}

/// Takes somebody from the head of every team.
pub(crate) async fn leave_leading(tx: &Tx, leader: StaffMemberId) -> Result<(), StoreError> {
    tx.update::<team::Entity>()
        .set(team::Column::LeaderId, Expr::val(None::<uuid::Uuid>))
        .set(team::Column::Version, Expr::col(team::Column::Version).add(1))
        .filter(team::Column::LeaderId.eq(leader))
        .run()
        .await
        .map(drop)
}

/// Which teams a page shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct TeamPage {
    /// Only of these units; every unit without it.
    pub(crate) units: Option<BTreeSet<UnitId>>,
    pub(crate) kind: Option<TeamKind>,
    pub(crate) state: Option<TeamState>,
}

fn matching<'a>(tx: &'a Tx, wanted: &TeamPage) -> Select<'a, team::Entity> {
    use team::Column;
    let mut rows = tx.select::<team::Entity>();
    if let Some(units) = &wanted.units {
        rows = rows.filter(Column::UnitId.is_in(units.iter().copied()));
    }
    if let Some(kind) = wanted.kind {
        rows = rows.filter(Column::Kind.eq(text(kind)));
    }
    if let Some(state) = wanted.state {
        rows = rows.filter(Column::State.eq(text(state)));
    }
    rows
}

/// How many teams there are.
pub(crate) async fn teams_count(tx: &Tx, wanted: &TeamPage) -> Result<u64, StoreError> {
    counted(matching(tx, wanted)).await
}

/// A page of teams by code.
pub(crate) async fn teams_page(
    tx: &Tx,
    wanted: &TeamPage,
    request: &PageRequest,
) -> Result<Page<Team>, StoreError> {
    let keyset = Keyset::<team::Entity> {
        column: team::Column::Code,
        id: team::Column::Id,
        descending: false,
        cursor: |row| Cursor::of(SortKey::Text(row.code.clone()), row.id.uuid()),
    };
    keyset.page(matching(tx, wanted), request).await?.try_map(value)
}

/// A membership as a row; the tenant is stamped on insert.
pub(crate) fn membership_row(tx: &Tx, membership: &TeamMembership) -> team_membership::Model {
    team_membership::Model {
        tenant_id: tx.scope().tenant(),
        id: membership.id,
        team_id: membership.team,
        staff_member_id: membership.member,
        account_id: membership.account,
        since_at: membership.since,
        until_at: membership.until.unwrap_or(OPEN_END),
        version: membership.version,
    }
}

fn membership_value(row: &team_membership::Model) -> TeamMembership {
    TeamMembership {
        id: row.id,
        team: row.team_id,
        member: row.staff_member_id,
        account: row.account_id,
        since: row.since_at,
        until: until(row.until_at),
        version: row.version,
    }
}

/// A membership, its row locked until the transaction ends.
pub(crate) async fn membership_by_id(
    tx: &Tx,
    id: TeamMembershipId,
) -> Result<Option<TeamMembership>, StoreError> {
    let row = tx.select::<team_membership::Entity>().filter(team_membership::Column::Id.eq(id)).one().await?;
    Ok(row.as_ref().map(membership_value))
}

/// Whose memberships: a team's, or somebody's.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose {
    Team(TeamId),
    Member(StaffMemberId),
}

impl Whose {
    fn condition(self) -> sea_orm::sea_query::SimpleExpr {
        match self {
            Self::Team(id) => team_membership::Column::TeamId.eq(id),
            Self::Member(id) => team_membership::Column::StaffMemberId.eq(id),
        }
    }
}

/// Memberships that last beyond an instant.
pub(crate) async fn memberships_of(
    tx: &Tx,
    whose: Whose,
    lasting_beyond: Timestamp,
) -> Result<Vec<TeamMembership>, StoreError> {
    use team_membership::Column;
    let happened = Expr::col(Column::SinceAt).lt(Expr::col(Column::UntilAt));
    let lasting = whose.condition().and(Column::UntilAt.gt(lasting_beyond)).and(happened);
    let rows = tx.select::<team_membership::Entity>().filter(lasting).all().await?;
    Ok(rows.iter().map(membership_value).collect())
}

/// Sets the end of a membership.
pub(crate) async fn end_membership(tx: &Tx, id: TeamMembershipId, at: Timestamp) -> Result<(), StoreError> {
    tx.update::<team_membership::Entity>()
        .set(team_membership::Column::UntilAt, Expr::val(at))
        .set(team_membership::Column::Version, Expr::col(team_membership::Column::Version).add(1))
        .filter(team_membership::Column::Id.eq(id))
        .run()
        .await
        .map(drop)
}

/// Notes whose account somebody's memberships are.
pub(super) async fn relink(
    tx: &Tx,
    member: StaffMemberId,
    account: Option<AccountId>,
) -> Result<(), StoreError> {
    tx.update::<team_membership::Entity>()
        .set(team_membership::Column::AccountId, Expr::val(account.map(AccountId::uuid)))
        .filter(team_membership::Column::StaffMemberId.eq(member))
        .run()
        .await
        .map(drop)
}

fn of_team(tx: &Tx, team: TeamId, at: Timestamp) -> Select<'_, team_membership::Entity> {
    use team_membership::Column;
    let then = Column::SinceAt.lte(at).and(Column::UntilAt.gt(at));
    tx.select::<team_membership::Entity>().filter(Column::TeamId.eq(team).and(then))
}

/// How many are in a team at an instant.
pub(crate) async fn memberships_count(tx: &Tx, team: TeamId, at: Timestamp) -> Result<u64, StoreError> {
    counted(of_team(tx, team, at)).await
}

/// A page of those who are in a team at an instant, newest first.
pub(crate) async fn memberships_page(
    tx: &Tx,
    team: TeamId,
    at: Timestamp,
    request: &PageRequest,
) -> Result<Page<TeamMembership>, StoreError> {
    let keyset = Keyset::<team_membership::Entity> {
        column: team_membership::Column::SinceAt,
        id: team_membership::Column::Id,
        descending: true,
        cursor: |row| Cursor::of(SortKey::Number(row.since_at.micros()), row.id.uuid()),
    };
    Ok(keyset.page(of_team(tx, team, at), request).await?.map(|row| membership_value(&row)))
}
