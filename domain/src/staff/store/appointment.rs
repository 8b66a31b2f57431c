//! Appointments.

use std::collections::BTreeMap;

use sea_orm::sea_query::{Condition, Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, FromQueryResult, Order, QuerySelect};

use fengqiao_entity::staff::appointment::{self, Column};

use crate::identity::GrantTarget;
use crate::kernel::id::{
    AccountId, AppointmentId, CategoryId, PostKindId, RoleGrantId, StaffMemberId, Timestamp,
};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::org::directory::Members;
use crate::staff::model::{Appointment, AppointmentKind};
use crate::staff::store::{OPEN_END, parsed, text, until};
use crate::store::{Keyset, Select, StoreError, Tx, counted};

const TABLE: &str = "appointments";

/// An appointment as a row; the tenant is stamped on insert.
pub(crate) fn appointment_row(tx: &Tx, held: &Appointment) -> appointment::Model {
    let categories: Vec<String> = held.categories.iter().map(|id| id.uuid().to_string()).collect();
    let mut row = appointment::Model {
        tenant_id: tx.scope().tenant(),
        id: held.id,
        staff_member_id: held.member,
        account_id: held.account,
        post_kind_id: held.post_kind,
        kind: text(held.kind),
        target_kind: String::new(),
        target_unit_id: None,
        target_grid_id: None,
        target_group_id: None,
        target_organisation_id: None,
        stands_in_for_id: held.stands_in_for,
        role_grant_id: held.grant,
        categories: categories.join(";"),
        since_at: held.since,
        until_at: held.until.unwrap_or(OPEN_END),
        document: held.document.clone(),
        created_at: held.created_at,
        version: held.version,
    };
    let kind = match held.target {
        GrantTarget::Unit(id) => {
            row.target_unit_id = Some(id);
            "unit"
        }
        GrantTarget::Grid(id) => {
            row.target_grid_id = Some(id);
            "grid"
        }
        GrantTarget::Group(id) => {
            row.target_group_id = Some(id);
            "group"
        }
        GrantTarget::Organisation(id) => {
            row.target_organisation_id = Some(id);
            "organisation"
        }
        // No kind of post can be held there; the table would refuse it.
        GrantTarget::Platform => "platform",
    };
    kind.clone_into(&mut row.target_kind);
    row
}

fn value(row: appointment::Model) -> Result<Appointment, StoreError> {
    let target =
        match (row.target_unit_id, row.target_grid_id, row.target_group_id, row.target_organisation_id) {
            (Some(id), None, None, None) => GrantTarget::Unit(id),
            (None, Some(id), None, None) => GrantTarget::Grid(id),
            (None, None, Some(id), None) => GrantTarget::Group(id),
            (None, None, None, Some(id)) => GrantTarget::Organisation(id),
            _ => return Err(StoreError::corrupt(TABLE, "target_kind", &row.target_kind)),
        };
    let categories = row.categories.split(';').filter(|id| !id.is_empty());
    let categories = categories.map(|id| parsed(TABLE, "categories", id).map(CategoryId::from_uuid));
    Ok(Appointment {
        id: row.id,
        member: row.staff_member_id,
        account: row.account_id,
        post_kind: row.post_kind_id,
        kind: parsed(TABLE, "kind", &row.kind)?,
        target,
        stands_in_for: row.stands_in_for_id,
        grant: row.role_grant_id,
        categories: categories.collect::<Result<_, _>>()?,
        since: row.since_at,
        until: until(row.until_at),
        document: row.document,
        created_at: row.created_at,
        version: row.version,
    })
}

/// Not called off before it began.
fn happened() -> SimpleExpr {
    Expr::col(Column::SinceAt).lt(Expr::col(Column::UntilAt))
}

fn at_target(target: GrantTarget) -> SimpleExpr {
    match target {
        GrantTarget::Unit(id) => Column::TargetUnitId.eq(id),
        GrantTarget::Grid(id) => Column::TargetGridId.eq(id),
        GrantTarget::Group(id) => Column::TargetGroupId.eq(id),
        GrantTarget::Organisation(id) => Column::TargetOrganisationId.eq(id),
        GrantTarget::Platform => Expr::val(1).eq(0),
    }
}

/// Appointments by id; those that the caller does not see are left out.
pub(crate) async fn appointments(tx: &Tx, ids: &[AppointmentId]) -> Result<Vec<Appointment>, StoreError> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    let found = Column::Id.is_in(ids.iter().copied());
    let rows = tx.select::<appointment::Entity>().filter(found).all().await?;
    rows.into_iter().map(value).collect()
}

/// An appointment whose row stays locked until the transaction ends.
pub(crate) async fn locked_appointment(
    tx: &Tx,
    id: AppointmentId,
) -> Result<Option<Appointment>, StoreError> {
    let row = tx.select::<appointment::Entity>().filter(Column::Id.eq(id)).lock().one().await?;
    row.map(value).transpose()
}

/// What somebody holds at an instant or later, oldest first.
pub(crate) async fn appointments_of(
    tx: &Tx,
    member: StaffMemberId,
    lasting_beyond: Timestamp,
) -> Result<Vec<Appointment>, StoreError> {
    let theirs = Column::StaffMemberId.eq(member).and(Column::UntilAt.gt(lasting_beyond)).and(happened());
    let rows = tx
        .select::<appointment::Entity>()
        .filter(theirs)
        .order_by(Column::SinceAt, Order::Asc)
        .order_by(Column::Id, Order::Asc)
        .all()
        .await?;
    rows.into_iter().map(value).collect()
}

/// What several people hold at an instant, each oldest first.
pub(crate) async fn held_by(
    tx: &Tx,
    members: &[StaffMemberId],
    at: Timestamp,
) -> Result<Vec<Appointment>, StoreError> {
    let theirs = Column::StaffMemberId.is_in(members.iter().copied());
    let rows = tx
        .select::<appointment::Entity>()
        .filter(theirs.and(in_force(at)))
        .order_by(Column::SinceAt, Order::Asc)
        .order_by(Column::Id, Order::Asc)
        .all()
        .await?;
    rows.into_iter().map(value).collect()
}

/// Everything that is held at an instant.
pub(crate) async fn all_in_force(tx: &Tx, at: Timestamp) -> Result<Vec<Appointment>, StoreError> {
    let rows = tx.select::<appointment::Entity>().filter(in_force(at)).all().await?;
    rows.into_iter().map(value).collect()
}

/// What was, is or will be held at some targets, called-off appointments and stand-ins left out.
pub(crate) async fn held_at(tx: &Tx, targets: &[GrantTarget]) -> Result<Vec<Appointment>, StoreError> {
    if targets.is_empty() {
        return Ok(vec![]);
    }
    let own = Column::Kind.ne(text(AppointmentKind::StandIn));
    let rows = tx.select::<appointment::Entity>().filter(happened().and(own)).filter(at_any(targets));
    let rows = rows.all().await?;
    rows.into_iter().map(value).collect()
}

fn at_any(targets: &[GrantTarget]) -> Condition {
    let (mut units, mut grids, mut groups, mut organisations) = (vec![], vec![], vec![], vec![]);
    for target in targets {
        match target {
            GrantTarget::Unit(id) => units.push(*id),
            GrantTarget::Grid(id) => grids.push(*id),
            GrantTarget::Group(id) => groups.push(*id),
            GrantTarget::Organisation(id) => organisations.push(*id),
            GrantTarget::Platform => {}
        }
    }
    Condition::any()
        .add(Column::TargetUnitId.is_in(units))
        .add(Column::TargetGridId.is_in(grids))
        .add(Column::TargetGroupId.is_in(groups))
        .add(Column::TargetOrganisationId.is_in(organisations))
}

/// The stand-ins for an appointment that last beyond an instant.
pub(crate) async fn stand_ins_of(
    tx: &Tx,
    id: AppointmentId,
    lasting_beyond: Timestamp,
) -> Result<Vec<Appointment>, StoreError> {
    let of_it = Column::StandsInForId.eq(id).and(Column::UntilAt.gt(lasting_beyond)).and(happened());
    let rows = tx.select::<appointment::Entity>().filter(of_it).all().await?;
    rows.into_iter().map(value).collect()
}

/// Appointments to a post at a target in some part of a period.
pub(crate) async fn overlapping(tx: &Tx, wanted: &Appointment) -> Result<Vec<Appointment>, StoreError> {
    let same = Column::PostKindId.eq(wanted.post_kind).and(at_target(wanted.target));
    let then = Column::SinceAt
        .lt(wanted.until.unwrap_or(OPEN_END))
        .and(Column::UntilAt.gt(wanted.since))
        .and(happened());
    let rows = tx.select::<appointment::Entity>().filter(same.and(then)).all().await?;
    rows.into_iter().map(value).collect()
}

/// Sets the end of an appointment.
pub(crate) async fn end_appointment(tx: &Tx, id: AppointmentId, at: Timestamp) -> Result<(), StoreError> {
    tx.update::<appointment::Entity>()
        .set(Column::UntilAt, Expr::val(at))
        .set(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .run()
        .await
        .map(drop)
}

/// Notes which grant an appointment has.
pub(crate) async fn set_grant(
    tx: &Tx,
    id: AppointmentId,
    grant: Option<RoleGrantId>,
) -> Result<(), StoreError> {
    tx.update::<appointment::Entity>()
        .set(Column::RoleGrantId, Expr::val(grant.map(RoleGrantId::uuid)))
        .set(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .run()
        .await
        .map(drop)
}

/// Notes whose account somebody's appointments are.
pub(super) async fn relink(
    tx: &Tx,
    member: StaffMemberId,
    account: Option<AccountId>,
) -> Result<(), StoreError> {
    tx.update::<appointment::Entity>()
        .set(Column::AccountId, Expr::val(account.map(AccountId::uuid)))
        .filter(Column::StaffMemberId.eq(member))
        .run()
        .await
        .map(drop)
}

/// Which appointments a page shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct AppointmentPage {
    /// Only what lies in this; everything without it.
    pub(crate) within: Option<Members>,
    pub(crate) target: Option<GrantTarget>,
    pub(crate) post_kind: Option<PostKindId>,
    pub(crate) member: Option<StaffMemberId>,
    pub(crate) kind: Option<AppointmentKind>,
    /// Only those in force then.
    pub(crate) at: Option<Timestamp>,
}

fn in_force(at: Timestamp) -> SimpleExpr {
    Column::SinceAt.lte(at).and(Column::UntilAt.gt(at))
}

fn matching<'a>(tx: &'a Tx, wanted: &AppointmentPage) -> Select<'a, appointment::Entity> {
    let mut rows = tx.select::<appointment::Entity>();
    if let Some(members) = &wanted.within {
        let within = Condition::any()
            .add(Column::TargetUnitId.is_in(members.units.iter().copied()))
            .add(Column::TargetGridId.is_in(members.grids.iter().copied()))
            .add(Column::TargetGroupId.is_in(members.groups.iter().copied()));
        rows = rows.filter(within);
    }
    if let Some(target) = wanted.target {
        rows = rows.filter(at_target(target));
    }
    if let Some(post_kind) = wanted.post_kind {
        rows = rows.filter(Column::PostKindId.eq(post_kind));
    }
    if let Some(member) = wanted.member {
        rows = rows.filter(Column::StaffMemberId.eq(member));
    }
    if let Some(kind) = wanted.kind {
        rows = rows.filter(Column::Kind.eq(text(kind)));
    }
    if let Some(at) = wanted.at {
        rows = rows.filter(in_force(at));
    }
    rows
}

/// How many appointments there are.
pub(crate) async fn appointments_count(tx: &Tx, wanted: &AppointmentPage) -> Result<u64, StoreError> {
    counted(matching(tx, wanted)).await
}

/// A page of appointments, newest first.
pub(crate) async fn appointments_page(
    tx: &Tx,
    wanted: &AppointmentPage,
    request: &PageRequest,
) -> Result<Page<Appointment>, StoreError> {
    let keyset = Keyset::<appointment::Entity> {
        column: Column::SinceAt,
        id: Column::Id,
        descending: true,
        cursor: |row| Cursor::of(SortKey::Number(row.since_at.micros()), row.id.uuid()),
    };
    keyset.page(matching(tx, wanted), request).await?.try_map(value)
}

/// How many appointments to a kind of post there are, and how many people hold them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) people: u64,
    pub(crate) appointments: u64,
}

#[derive(FromQueryResult)]
struct TallyRow {
    post_kind_id: PostKindId,
    people: i64,
    appointments: i64,
}

/// Appointments by kind of post, stand-ins left out.
pub(crate) async fn tallies(
    tx: &Tx,
    wanted: &AppointmentPage,
) -> Result<BTreeMap<PostKindId, Tally>, StoreError> {
    let rows = matching(tx, wanted).filter(Column::Kind.ne(text(AppointmentKind::StandIn)));
    let rows: Vec<TallyRow> = rows
        .shaped(|query| {
            query
                .column(Column::PostKindId)
                .column_as(Expr::col(Column::StaffMemberId).count_distinct(), "people")
                .column_as(Column::Id.count(), "appointments")
                .group_by(Column::PostKindId)
        })
        .await?;
    let number = |count: i64| u64::try_from(count).unwrap_or_default();
    let tally = |row: &TallyRow| Tally { people: number(row.people), appointments: number(row.appointments) };
    Ok(rows.into_iter().map(|row| (row.post_kind_id, tally(&row))).collect())
}
