//! Samples of closed cases and what was found of them.

use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, FromQueryResult, QueryOrder, QuerySelect};

use fengqiao_entity::cases::{case, case_sample, case_sample_item};

use crate::cases::model::Audience;
use crate::cases::sampling::{CaseSample, FIRST_YEAR, PRIME, SERIALS, SampleSeed, SampledCase};
use crate::cases::store::list::{self, Wanted};
use crate::cases::store::{column, number, optional, parsed, text};
use crate::kernel::id::{CaseId, CaseSampleId, UnitId};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::kernel::place::{Place, Sensitivity, Territory};
use crate::store::{Keyset, Personal, Select, StoreError, Tx, any_of, counted, one_of};

const TABLE: &str = "case_samples";
const ITEMS: &str = "case_sample_items";
const NOTE: Personal = Personal { table: ITEMS, column: "note" };

#[derive(FromQueryResult)]
struct Counted {
    number: i64,
}

#[derive(FromQueryResult)]
struct Drawn {
    id: CaseId,
}

/// What samples are drawn from: how many confidential cases there are is not for everybody to know who checks samples of their unit.
fn drawable<'a>(tx: &'a Tx, wanted: &Wanted<'_>) -> Select<'a, case::Entity> {
    list::found(tx, wanted).filter(case::Column::Sensitivity.lt(Sensitivity::Confidential.rank()))
}

/// How many cases a filter finds, all of them.
pub(in crate::cases) async fn population(tx: &Tx, wanted: &Wanted<'_>) -> Result<u64, StoreError> {
    let rows = drawable(tx, wanted);
    let counted: Vec<Counted> =
        rows.shaped(|rows| rows.column_as(case::Column::Id.count(), "number")).await?;
    let number = counted.first().map_or(0, |row| row.number);
    u64::try_from(number).map_err(|_| StoreError::corrupt("cases", "count", number))
}

/// The first of the cases that a filter finds, by their rank.
pub(in crate::cases) async fn drawn(
    tx: &Tx,
    wanted: &Wanted<'_>,
    (seed, size): (SampleSeed, u32),
) -> Result<Vec<CaseId>, StoreError> {
    let rows = drawable(tx, wanted);
    let drawn: Vec<Drawn> = rows
        .shaped(|rows| {
            rows.column(case::Column::Id)
                .order_by_asc(rank(seed))
                .order_by_asc(case::Column::Id)
                .limit(u64::from(size))
        })
        .await?;
    Ok(drawn.into_iter().map(|row| row.id).collect())
}

/// What `SampleSeed::rank` computes, of the number's characters after the district's six.
fn rank(seed: SampleSeed) -> SimpleExpr {
    let [cubic, square, linear, constant] = seed.numbers();
    let part = |from: &str| format!("CAST(substr(cases.number, {from}) AS BIGINT)");
    let (year, serial) = (part("8, 4"), part("13"));
    let number = format!("((({year} - {FIRST_YEAR}) * {SERIALS} + {serial}) % {PRIME})");
    let first = format!("(({cubic} * {number} + {square}) % {PRIME})");
    let second = format!("(({first} * {number} + {linear}) % {PRIME})");
    Expr::cust(format!("(({second} * {number} + {constant}) % {PRIME})"))
}

/// A sample as a row; the tenant is stamped on insert.
pub(in crate::cases) fn row(tx: &Tx, sample: &CaseSample) -> case_sample::Model {
    case_sample::Model {
        tenant_id: tx.scope().tenant(),
        id: sample.id,
        name: sample.name.clone(),
        unit_id: sample.unit,
        town_id: sample.place.town,
        village_id: sample.place.village,
        category_id: sample.category,
        programme_key: sample.programme.clone(),
        closed_from: sample.closed_from.map(|day| day.to_string()),
        closed_until: sample.closed_until.map(|day| day.to_string()),
        population: i64::try_from(sample.population).unwrap_or(i64::MAX),
        size: column(sample.size),
        seed: sample.seed.to_string(),
        checked: column(sample.checked),
        passed: column(sample.passed),
        drawn_at: sample.drawn_at,
        drawn_by: sample.drawn_by,
    }
}

fn sample(row: case_sample::Model) -> Result<CaseSample, StoreError> {
    let day = |column: &'static str, text: Option<String>| {
        text.map(|text| parsed::<NaiveDate>(TABLE, column, &text)).transpose()
    };
    Ok(CaseSample {
        closed_from: day("closed_from", row.closed_from)?,
        closed_until: day("closed_until", row.closed_until)?,
        population: u64::try_from(row.population)
            .map_err(|_| StoreError::corrupt(TABLE, "population", row.population))?,
        size: number("size", row.size)?,
        seed: parsed(TABLE, "seed", &row.seed)?,
        checked: number("checked", row.checked)?,
        passed: number("passed", row.passed)?,
        id: row.id,
        name: row.name,
        unit: row.unit_id,
        place: Place { town: row.town_id, village: row.village_id, grid: None },
        category: row.category_id,
        programme: row.programme_key,
        drawn_at: row.drawn_at,
        drawn_by: row.drawn_by,
    })
}

/// The cases of a new sample as rows.
pub(in crate::cases) fn items(
    tx: &Tx,
    sample: CaseSampleId,
    cases: &[CaseId],
) -> Vec<case_sample_item::Model> {
    let item = |(position, case): (i64, &CaseId)| case_sample_item::Model {
        tenant_id: tx.scope().tenant(),
        id: tx.new_id(),
        sample_id: sample,
        case_id: *case,
        position,
        finding: None,
        note: None,
        checked_by: None,
        checked_at: None,
        audience: Audience::Staff.rank(),
    };
    (1..).zip(cases).map(item).collect()
}

fn item(tx: &Tx, row: &case_sample_item::Model) -> Result<SampledCase, StoreError> {
    let note = row.note.as_ref().map(|sealed| tx.unseal(NOTE, row.id.uuid(), sealed)).transpose()?;
    Ok(SampledCase {
        finding: optional("finding", row.finding.as_deref())?,
        id: row.id,
        sample: row.sample_id,
        case: row.case_id,
        position: row.position,
        note,
        checked_by: row.checked_by,
        checked_at: row.checked_at,
    })
}

/// Samples of a territory.
fn within<'a>(tx: &'a Tx, territory: &Territory) -> Select<'a, case_sample::Entity> {
    let rows = tx.select::<case_sample::Entity>();
    if territory.district {
        return rows;
    }
    let among = |column: case_sample::Column, units: &std::collections::BTreeSet<UnitId>| {
        one_of(column.into_expr(), units.iter().copied())
    };
    rows.filter(any_of([
        among(case_sample::Column::TownId, &territory.towns),
        among(case_sample::Column::VillageId, &territory.villages),
    ]))
}

/// A sample by id.
pub(in crate::cases) async fn by_id(
    tx: &Tx,
    territory: &Territory,
    id: CaseSampleId,
) -> Result<Option<CaseSample>, StoreError> {
    within(tx, territory).filter(case_sample::Column::Id.eq(id)).one().await?.map(sample).transpose()
}

/// The same, kept from changing until the transaction ends.
pub(in crate::cases) async fn held_by_id(
    tx: &Tx,
    territory: &Territory,
    id: CaseSampleId,
) -> Result<Option<CaseSample>, StoreError> {
    let rows = within(tx, territory).filter(case_sample::Column::Id.eq(id)).lock();
    rows.one().await?.map(sample).transpose()
}

/// A page of samples, newest first.
pub(in crate::cases) async fn page(
    tx: &Tx,
    territory: &Territory,
    request: &PageRequest,
) -> Result<Page<CaseSample>, StoreError> {
    let keyset = Keyset {
        column: case_sample::Column::DrawnAt,
        id: case_sample::Column::Id,
        descending: true,
        cursor: |row: &case_sample::Model| Cursor::of(SortKey::Number(row.drawn_at.micros()), row.id.uuid()),
    };
    keyset.page(within(tx, territory), request).await?.try_map(sample)
}

/// How many samples there are, counted no further than the page limit of counts.
pub(in crate::cases) async fn count(tx: &Tx, territory: &Territory) -> Result<u64, StoreError> {
    counted(within(tx, territory)).await
}

fn of_sample(tx: &Tx, id: CaseSampleId) -> Select<'_, case_sample_item::Entity> {
    tx.select::<case_sample_item::Entity>().filter(case_sample_item::Column::SampleId.eq(id))
}

/// A page of a sample's cases that the caller sees, in the order in which they were drawn.
pub(in crate::cases) async fn item_page(
    tx: &Tx,
    id: CaseSampleId,
    request: &PageRequest,
) -> Result<Page<SampledCase>, StoreError> {
    let keyset = Keyset {
        column: case_sample_item::Column::Position,
        id: case_sample_item::Column::Id,
        descending: false,
        cursor: |row: &case_sample_item::Model| Cursor::of(SortKey::Number(row.position), row.id.uuid()),
    };
    keyset.page(of_sample(tx, id), request).await?.try_map(|row| item(tx, &row))
}

/// How many of a sample's cases the caller sees.
pub(in crate::cases) async fn count_items(tx: &Tx, id: CaseSampleId) -> Result<u64, StoreError> {
    counted(of_sample(tx, id)).await
}

/// A case of a sample, when the caller sees it.
pub(in crate::cases) async fn item_of(
    tx: &Tx,
    id: CaseSampleId,
    case: CaseId,
) -> Result<Option<SampledCase>, StoreError> {
    let rows = of_sample(tx, id).filter(case_sample_item::Column::CaseId.eq(case));
    rows.one().await?.map(|row| item(tx, &row)).transpose()
}

/// Writes what a case was found to be, and what that makes of its sample.
pub(in crate::cases) async fn write(
    tx: &Tx,
    item: &SampledCase,
    sample: &CaseSample,
) -> Result<(), StoreError> {
    let note = item.note.as_deref().map(|note| tx.seal(NOTE, item.id.uuid(), note)).transpose()?;
    tx.update::<case_sample_item::Entity>()
        .set(case_sample_item::Column::Finding, Expr::val(item.finding.map(text)))
        .set(case_sample_item::Column::Note, Expr::val(note))
        .set(case_sample_item::Column::CheckedBy, Expr::val(item.checked_by))
        .set(case_sample_item::Column::CheckedAt, Expr::val(item.checked_at))
        .filter(case_sample_item::Column::Id.eq(item.id))
        .run()
        .await?;
    tx.update::<case_sample::Entity>()
        .set(case_sample::Column::Checked, Expr::val(column(sample.checked)))
        .set(case_sample::Column::Passed, Expr::val(column(sample.passed)))
        .filter(case_sample::Column::Id.eq(sample.id))
        .run()
        .await
        .map(drop)
}
