//! Use cases of the staff slice, one per file.

mod adopt_post_kinds;
mod appoint;
mod create_post_kind;
mod create_staff_member;
mod create_team;
mod effect;
mod end_appointment;
mod export_roster;
mod import_known;
mod import_staff;
mod leave;
mod membership;
mod query;
mod roster;
mod seed;
mod set_headcount;
mod set_staffing_rule;
mod stand_in;
mod team_query;
mod update_post_kind;
mod update_staff_member;
mod update_team;

use serde_json::json;
use uuid::Uuid;

use crate::identity::{GrantTarget, IdentityService, directory as identity};
use crate::kernel::event::EventDraft;
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::id::{AccountId, AppointmentId, OrganisationId, StaffMemberId, TeamId, UnitId};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::place::{Territory, Visibility};
use crate::kernel::scope::{Held, Scope};
use crate::org::{Unit, UnitState, directory};
use crate::staff::error::StaffError;
use crate::staff::model::{StaffChange, StaffChangeKind, StaffMember, StaffMemberState};
use crate::staff::store;
use crate::store::{Db, StoreError, Tx, WriteTx};

pub use export_roster::RosterExport;
pub use query::{AppointmentFilter, StaffChangeFilter, StaffMemberFilter};
pub use roster::GapFilter;
pub use team_query::TeamFilter;

/// What a use case of this slice answers.
type Answer<T> = Result<T, Failure<StaffError>>;

/// Use cases of people of the force, their appointments, plans and teams.
#[derive(Clone, Debug)]
pub struct StaffService {
    db: Db,
    identity: IdentityService,
}

impl StaffService {
    /// The service over a store. What an appointment gives and takes is forgotten in `identity`.
    #[must_use]
    pub const fn new(db: Db, identity: IdentityService) -> Self {
        Self { db, identity }
    }

    /// Forgets what accounts may do, after a commit.
    fn forget(&self, scope: &Scope, accounts: &[AccountId]) {
        for account in accounts {
            self.identity.forget(scope.tenant(), *account);
        }
    }
}

/// Refuses whoever keeps no roster anywhere.
fn permit(scope: &Scope) -> Answer<()> {
    if scope.permits(Permission::StaffManage) { Ok(()) } else { Err(Failure::Denied) }
}

/// Refuses whoever appoints nobody anywhere.
fn permit_appointing(scope: &Scope) -> Answer<()> {
    if scope.permits(Permission::AppointmentManage) { Ok(()) } else { Err(Failure::Denied) }
}

/// Refuses whoever does not keep the roster of the whole district.
fn permit_district(scope: &Scope) -> Answer<()> {
    if scope.permits_district(Permission::StaffManage) { Ok(()) } else { Err(Failure::Denied) }
}

/// Refuses whoever does not belong to the staff.
fn permit_reading(scope: &Scope) -> Answer<()> {
    if scope.is_staff() { Ok(()) } else { Err(Failure::Denied) }
}

/// Refuses everyone but the system itself, whom nobody's grants limit.
fn permit_system(scope: &Scope) -> Answer<()> {
    if scope.is_system() { Ok(()) } else { Err(Failure::Denied) }
}

fn mistake(problem: Problem<StaffError>) -> Failure<StaffError> {
    Failure::User(vec![problem])
}

/// Whether a grant that allows `permission` covers something, whatever the category.
fn keeps(scope: &Scope, permission: Permission, covers: impl Fn(&Territory) -> bool) -> bool {
    let keeping = |held: &&Held| held.permissions.holds(permission) && held.categories.is_none();
    scope.is_system()
        || mutant::active(Mutant::NoRosterLimit)
        || scope.held().iter().filter(keeping).any(|held| covers(&held.territory))
}

/// A unit whose roster the caller keeps; it may be dissolved.
async fn kept_unit(tx: &Tx, id: UnitId, path: &str) -> Answer<Unit> {
    let Some(unit) = directory::unit(tx, id).await? else {
        return Err(Failure::user(path, StaffError::NotFound));
    };
    let place = directory::place_of_unit(&unit);
    if keeps(tx.scope(), Permission::StaffManage, |territory| territory.covers(&place)) {
        Ok(unit)
    } else {
        Err(Failure::user(path, StaffError::NotPermitted))
    }
}

/// Refuses a unit whose roster the caller does not keep, or that is dissolved.
async fn check_unit(tx: &Tx, id: UnitId, path: &str) -> Answer<()> {
    match kept_unit(tx, id, path).await?.state {
        UnitState::Dissolved => Err(Failure::user(path, StaffError::TargetDissolved)),
        UnitState::Planned | UnitState::Building | UnitState::Live => Ok(()),
    }
}

/// A target over which the caller has a permission; it may be dissolved.
async fn kept_target(
    tx: &Tx,
    permission: Permission,
    target: GrantTarget,
    path: &str,
) -> Answer<identity::Target> {
    let Some(found) = identity::target(tx, target).await? else {
        return Err(Failure::user(path, StaffError::NotFound));
    };
    if keeps(tx.scope(), permission, |territory| found.lies_in(territory)) {
        Ok(found)
    } else {
        Err(Failure::user(path, StaffError::NotPermitted))
    }
}

/// Refuses an organisation that does not exist.
async fn check_organisation(tx: &Tx, id: Option<OrganisationId>, path: &str) -> Answer<()> {
    match id {
        Some(id) if directory::organisation(tx, id).await?.is_none() => {
            Err(Failure::user(path, StaffError::NotFound))
        }
        _ => Ok(()),
    }
}

/// Somebody who serves, locked until the transaction ends.
async fn serving_member(tx: &Tx, id: StaffMemberId, path: &str) -> Answer<StaffMember> {
    match store::locked_member(tx, id).await? {
        None => Err(Failure::user(path, StaffError::NotFound)),
        Some(member) if member.state == StaffMemberState::Left => {
            Err(Failure::user(path, StaffError::MemberLeft))
        }
        Some(member) => Ok(member),
    }
}

/// A line of the change log that is about nothing but the person.
fn change(tx: &Tx, member: &StaffMember, kind: StaffChangeKind) -> StaffChange {
    StaffChange {
        id: tx.new_id(),
        at: tx.now(),
        by: tx.scope().account(),
        member: member.id,
        account: member.account,
        kind,
        appointment: None,
        team: None,
        fields: vec![],
    }
}

/// Writes a line of the change log.
async fn log(tx: &Tx, change: StaffChange) -> Result<(), StoreError> {
    tx.insert(store::change_row(tx, &change)).await
}

/// Writes a line about an appointment.
async fn log_appointment(
    tx: &Tx,
    member: &StaffMember,
    kind: StaffChangeKind,
    appointment: AppointmentId,
) -> Result<(), StoreError> {
    log(tx, StaffChange { appointment: Some(appointment), ..change(tx, member, kind) }).await
}

/// Writes a line about a team.
async fn log_team(
    tx: &Tx,
    member: &StaffMember,
    kind: StaffChangeKind,
    team: TeamId,
) -> Result<(), StoreError> {
    log(tx, StaffChange { team: Some(team), ..change(tx, member, kind) }).await
}

/// Records that something of this slice changed: an event for the staff and an audit row.
fn recorded(
    tx: &mut WriteTx,
    name: &'static str,
    aggregate: &'static str,
    id: &impl ToString,
    uuid: Uuid,
    version: i64,
) {
    tx.record(EventDraft {
        aggregate,
        aggregate_id: uuid,
        version,
        name,
        payload: json!({ "id": id.to_string() }),
        before: None,
        after: Visibility { internal: true, ..Visibility::everyone() },
    });
    tx.audit(name, id, json!({ "version": version }));
}

/// A unique constraint in the caller's words.
fn taken(error: StoreError) -> Failure<StaffError> {
    match error {
        StoreError::Conflict { constraint } if constraint.contains("account_id") => {
            Failure::user("accountId", StaffError::AccountTaken)
        }
        StoreError::Conflict { .. } => Failure::user("code", StaffError::CodeTaken),
        other => other.into(),
    }
}
