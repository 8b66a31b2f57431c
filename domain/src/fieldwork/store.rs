//! Rows of visits to values and back.

use std::str::FromStr;

use chrono::NaiveDate;
use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, SimpleExpr};
use uuid::Uuid;

use fengqiao_entity::fieldwork::visit::{Column, Entity, Model};
use fengqiao_entity::value::SealedBytes;

use crate::fieldwork::child::KeptChild;
use crate::fieldwork::command::GivenTexts;
use crate::fieldwork::filter::VisitFilter;
use crate::fieldwork::model::{Visit, VisitState, VisitSubject, VisitTexts};
use crate::identity::{masked_name, masked_phone};
use crate::kernel::age;
use crate::kernel::id::{Timestamp, VisitId};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::kernel::place::{Place, Sensitivity, Territory};
use crate::kernel::whole::Person;
use crate::org::GeoPoint;
use crate::store::{Keyset, Personal, Select, StoreError, Tx, Way, any_of, counted, one_of};

const TABLE: &str = "visits";
/// The column by which lists are sorted.
const TIME: &str = "visited_at";
const ADDRESS: Personal = Personal { table: TABLE, column: "address" };
const NAME: Personal = Personal { table: TABLE, column: "subject_name" };
const PHONE: Personal = Personal { table: TABLE, column: "subject_phone" };
const FINDINGS: Personal = Personal { table: TABLE, column: "findings" };
const BORN_ON: Personal = Personal { table: TABLE, column: "born_on" };
const GUARDIAN: Personal = Personal { table: TABLE, column: "guardian_name" };
const VOID_REASON: Personal = Personal { table: TABLE, column: "void_reason" };

fn parsed<T: FromStr>(column: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::corrupt(TABLE, column, text))
}

fn text(value: impl Into<&'static str>) -> String {
    value.into().to_owned()
}

/// A new visit as a row; its texts are sealed here.
pub(super) fn row(tx: &Tx, visit: &Visit, texts: &GivenTexts) -> Result<Model, StoreError> {
    let row = visit.id.uuid();
    let seal = |at, text: &Option<String>| text.as_deref().map(|text| tx.seal(at, row, text)).transpose();
    Ok(Model {
        tenant_id: tx.scope().tenant(),
        id: visit.id,
        account_id: visit.by,
        subject_kind: text(visit.subject),
        purpose: text(visit.purpose),
        outcome: text(visit.outcome),
        sensitivity: visit.sensitivity.rank(),
        town_id: visit.place.town,
        village_id: visit.place.village,
        grid_id: visit.place.grid,
        longitude: visit.point.map(|point| point.longitude),
        latitude: visit.point.map(|point| point.latitude),
        coordinate_system: visit.point.map(|point| text(point.system)),
        address: seal(ADDRESS, &texts.address)?,
        subject_name: seal(NAME, &texts.name)?,
        subject_phone: seal(PHONE, &texts.phone)?,
        findings: seal(FINDINGS, &texts.findings)?,
        case_id: visit.case,
        visited_at: visit.visited_at,
        recorded_at: visit.recorded_at,
        voided_at: None,
        void_reason: None,
        version: visit.version,
        key_person: visit.key_person,
        child: texts.child.is_child,
        child_data_basis: texts.child.basis.map(text),
        born_on: seal(BORN_ON, &texts.child.born_on.map(|day| day.to_string()))?,
        guardian_name: seal(GUARDIAN, &texts.child.guardian)?,
    })
}

/// What was given, as readers see it.
pub(super) fn shown(texts: GivenTexts) -> VisitTexts {
    VisitTexts {
        address: texts.address,
        name: texts.name.as_deref().map(masked_name),
        phone: texts.phone.as_deref().map(masked_phone),
        findings: texts.findings,
        guardian: texts.child.guardian.as_deref().map(masked_name),
        void_reason: None,
    }
}

fn value(tx: &Tx, row: &Model) -> Result<Visit, StoreError> {
    let open = |at: Personal, sealed: &Option<SealedBytes>| {
        sealed.as_ref().map(|sealed| tx.unseal(at, row.id.uuid(), sealed)).transpose()
    };
    let born_on = open(BORN_ON, &row.born_on)?.map(|day| day.parse::<NaiveDate>());
    let child = KeptChild {
        is_child: row.child,
        born_on: born_on.transpose().map_err(|_| StoreError::corrupt(TABLE, "born_on", row.id))?,
        basis: row.child_data_basis.as_deref().map(|basis| parsed("child_data_basis", basis)).transpose()?,
        guardian: open(GUARDIAN, &row.guardian_name)?,
    };
    let subject = parsed("subject_kind", &row.subject_kind)?;
    let (child_data_basis, under_fourteen) =
        (child.basis, under_fourteen(tx, &child, (subject, row.visited_at)));
    let given = GivenTexts {
        child,
        address: open(ADDRESS, &row.address)?,
        name: open(NAME, &row.subject_name)?,
        phone: open(PHONE, &row.subject_phone)?,
        findings: open(FINDINGS, &row.findings)?,
    };
    Ok(Visit {
        texts: VisitTexts { void_reason: open(VOID_REASON, &row.void_reason)?, ..shown(given) },
        id: row.id,
        by: row.account_id,
        subject,
        key_person: row.key_person,
        child: row.child,
        under_fourteen,
        child_data_basis,
        purpose: parsed("purpose", &row.purpose)?,
        outcome: parsed("outcome", &row.outcome)?,
        sensitivity: Sensitivity::from_rank(row.sensitivity),
        place: Place { town: row.town_id, village: row.village_id, grid: row.grid_id },
        point: point(row)?,
        case: row.case_id,
        visited_at: row.visited_at,
        recorded_at: row.recorded_at,
        voided_at: row.voided_at,
        version: row.version,
    })
}

/// Whether who was visited then counts as under fourteen now.
pub(super) fn under_fourteen(
    tx: &Tx,
    child: &KeptChild,
    (subject, visited_at): (VisitSubject, Timestamp),
) -> bool {
    let [visited, today] = [visited_at, tx.now()].map(age::day_in_china);
    child.is_under_fourteen(subject, visited, today)
}

fn point(row: &Model) -> Result<Option<GeoPoint>, StoreError> {
    let (Some(longitude), Some(latitude), Some(system)) =
        (row.longitude, row.latitude, &row.coordinate_system)
    else {
        return Ok(None);
    };
    Ok(Some(GeoPoint { longitude, latitude, system: parsed("coordinate_system", system)? }))
}

/// Visits by id, in no order; those out of reach are left out.
pub(super) async fn by_ids(tx: &Tx, ids: &[VisitId]) -> Result<Vec<Visit>, StoreError> {
    let rows = tx.select::<Entity>().filter(one_of(Column::Id.into_expr(), ids.iter().copied()));
    rows.all().await?.iter().map(|row| value(tx, row)).collect()
}

/// A visit with whoever was visited, whole.
pub(super) async fn whole(tx: &Tx, id: VisitId) -> Result<Option<(Visit, Person)>, StoreError> {
    let Some(row) = tx.select::<Entity>().filter(Column::Id.eq(id)).one().await? else { return Ok(None) };
    let open = |at: Personal, sealed: &Option<SealedBytes>| {
        sealed.as_ref().map(|sealed| tx.unseal(at, row.id.uuid(), sealed)).transpose()
    };
    let (name, phone) = (open(NAME, &row.subject_name)?, open(PHONE, &row.subject_phone)?);
    let person = Person { name, phone, address: open(ADDRESS, &row.address)? };
    Ok(Some((value(tx, &row)?, person)))
}

/// A visit that stays as it is until the transaction ends.
pub(super) async fn locked(tx: &Tx, id: VisitId) -> Result<Option<Visit>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::Id.eq(id)).lock().one().await?;
    row.as_ref().map(|row| value(tx, row)).transpose()
}

/// Strikes a visit off: its version after it.
pub(super) async fn void(tx: &Tx, visit: &Visit, reason: &str) -> Result<(), StoreError> {
    let sealed = tx.seal(VOID_REASON, visit.id.uuid(), reason)?;
    tx.update::<Entity>()
        .set(Column::VoidedAt, Expr::val(visit.voided_at))
        .set(Column::VoidReason, Expr::val(sealed))
        .set(Column::Version, Expr::val(visit.version))
        .filter(Column::Id.eq(visit.id))
        .run()
        .await
        .map(drop)
}

/// What a filter means for rows: a place with its predecessors.
pub(super) struct Wanted<'a> {
    pub(super) filter: &'a VisitFilter,
    pub(super) territory: Option<Territory>,
}

/// A page of visits, newest first.
pub(super) async fn page(
    tx: &Tx,
    wanted: &Wanted<'_>,
    request: &PageRequest,
) -> Result<Page<Visit>, StoreError> {
    let keyset = Keyset::<Entity> {
        column: Column::VisitedAt,
        id: Column::Id,
        descending: true,
        cursor: |row| Cursor::of(SortKey::Number(row.visited_at.micros()), row.id.uuid()),
    };
    keyset.page(found(tx, wanted), request).await?.try_map(|row| value(tx, &row))
}

/// How many visits there are, counted no further than the page limit of counts.
pub(super) async fn count(tx: &Tx, wanted: &Wanted<'_>) -> Result<u64, StoreError> {
    counted(found(tx, wanted)).await
}

/// The rows of a filter by the narrowest way that an index leads.
fn found<'a>(tx: &'a Tx, wanted: &Wanted<'_>) -> Select<'a, Entity> {
    let rows = filtered(tx.select(), wanted);
    let own = |column, id: Uuid| Some(vec![Way::Column(column, id)]);
    let of_case = wanted.filter.case.and_then(|case| own("case_id", case.uuid()));
    let by = || wanted.filter.by.and_then(|by| own("account_id", by.uuid()));
    // Those that were struck off are few, and have an index of their own.
    let is_few = wanted.filter.state == Some(VisitState::Voided) && wanted.territory.is_none();
    let in_place = || {
        if is_few {
            return None;
        }
        let (place, scope) = (wanted.territory.as_ref(), tx.scope());
        Way::into_place_in_reach(place, scope, Way::into_place_or_own(scope, "account_id"))
    };
    match of_case.or_else(by).or_else(in_place) {
        Some(ways) => rows.by_ways(ways, TIME),
        None => rows,
    }
}

fn filtered<'a>(mut rows: Select<'a, Entity>, wanted: &Wanted<'_>) -> Select<'a, Entity> {
    let filter = wanted.filter;
    if let Some(territory) = wanted.territory.as_ref().filter(|territory| !territory.district) {
        rows = rows.filter(within(territory));
    }
    if let Some(by) = filter.by {
        rows = rows.filter(Column::AccountId.eq(by));
    }
    if let Some(case) = filter.case {
        rows = rows.filter(Column::CaseId.eq(case));
    }
    if let Some(key_person) = filter.key_person {
        rows = rows.filter(Column::KeyPerson.eq(key_person));
    }
    rows = match filter.child {
        Some(true) => rows.filter(Column::Child.eq(true)),
        Some(false) => rows.filter(any_of([Column::Child.is_null(), Column::Child.eq(false)])),
        None => rows,
    };
    rows = among(rows, Column::SubjectKind, filter.subjects.iter().map(|one| text(*one)));
    rows = among(rows, Column::Purpose, filter.purposes.iter().map(|one| text(*one)));
    rows = among(rows, Column::Outcome, filter.outcomes.iter().map(|one| text(*one)));
    rows = match filter.state {
        Some(VisitState::Recorded) => rows.filter(Column::VoidedAt.is_null()),
        Some(VisitState::Voided) => rows.filter(Column::VoidedAt.is_not_null()),
        None => rows,
    };
    let since = |at: Timestamp| Column::VisitedAt.gte(at);
    let before = |at: Timestamp| Column::VisitedAt.lt(at);
    let bounds = [filter.visited_from.map(since), filter.visited_until.map(before)];
    bounds.into_iter().flatten().fold(rows, Select::filter)
}

/// Only rows whose column is one of some values; all of them where none is named.
fn among(
    rows: Select<'_, Entity>,
    column: Column,
    values: impl ExactSizeIterator<Item = String>,
) -> Select<'_, Entity> {
    if values.len() == 0 { rows } else { rows.filter(one_of(column.into_expr(), values)) }
}

fn within(territory: &Territory) -> SimpleExpr {
    any_of([
        one_of(Column::TownId.into_expr(), territory.towns.iter().copied()),
        one_of(Column::VillageId.into_expr(), territory.villages.iter().copied()),
        one_of(Column::GridId.into_expr(), territory.grids.iter().copied()),
    ])
}
