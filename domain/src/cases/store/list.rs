//! Lists of cases: filters and orders, each order on an index.

use std::collections::BTreeSet;

use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, Order};
use strum::IntoEnumIterator as _;
use uuid::Uuid;

use fengqiao_entity::cases::case::{Column, Entity, Model};

use crate::cases::filter::{CaseFilter, CaseOrder, CaseOrderField};
use crate::cases::model::{Audience, Case};
use crate::cases::similar::SimilarTo;
use crate::cases::store::{case, text, value};
use crate::catalogue::Nearness;
use crate::kernel::id::{CategoryId, Timestamp};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::kernel::place::Territory;
use crate::org::{CoordinateSystem, GeoPoint};
use crate::programmes::directory::Versions;
use crate::store::{Keyset, Select, StoreError, Tx, Way, any_of, containing, counted, one_of};

/// The column by which lists are sorted unless they ask for another order.
const OPENED: &str = "opened_at";

/// What a filter means for rows: categories with all below, places with their predecessors.
pub(in crate::cases) struct Wanted<'a> {
    pub(in crate::cases) filter: &'a CaseFilter,
    pub(in crate::cases) categories: Option<BTreeSet<CategoryId>>,
    pub(in crate::cases) territory: Option<Territory>,
    pub(in crate::cases) assignees: Option<BTreeSet<Uuid>>,
    pub(in crate::cases) programme: Option<Versions>,
    pub(in crate::cases) readers: Audience,
}

/// A page of cases.
pub(in crate::cases) async fn page(
    tx: &Tx,
    wanted: &Wanted<'_>,
    order: CaseOrder,
    request: &PageRequest,
) -> Result<Page<Case>, StoreError> {
    let keyset = match order.field {
        CaseOrderField::OpenedAt => Keyset {
            column: Column::OpenedAt,
            id: Column::Id,
            descending: order.descending(),
            cursor: |row: &Model| cursor(row.opened_at.micros(), row),
        },
        CaseOrderField::DueAt => Keyset {
            column: Column::DueAt,
            id: Column::Id,
            descending: order.descending(),
            cursor: |row: &Model| cursor(row.due_at, row),
        },
    };
    let rows = match order.field {
        CaseOrderField::OpenedAt => by_ways(tx, wanted),
        CaseOrderField::DueAt => in_categories(filtered(tx.select(), wanted), wanted),
    };
    let Page { rows, has_previous, has_next } = keyset.page(rows, request).await?;
    let rows =
        rows.into_iter().map(|(cursor, row)| Ok((cursor, case(row)?))).collect::<Result<_, StoreError>>()?;
    Ok(Page { rows, has_previous, has_next })
}

/// How many cases there are, counted no further than the page limit of counts.
pub(in crate::cases) async fn count(tx: &Tx, wanted: &Wanted<'_>) -> Result<u64, StoreError> {
    counted(by_ways(tx, wanted)).await
}

/// Every row of a filter, in no order.
pub(super) fn found<'a>(tx: &'a Tx, wanted: &Wanted<'_>) -> Select<'a, Entity> {
    in_categories(filtered(tx.select(), wanted), wanted)
}

/// The rows of a filter by the ways into its place or the scope, whichever is narrower, else into its categories.
fn by_ways<'a>(tx: &'a Tx, wanted: &Wanted<'_>) -> Select<'a, Entity> {
    let rows = filtered(tx.select(), wanted);
    if wanted.assignees.is_some() {
        return in_categories(rows, wanted);
    }
    let (place, scope) = (wanted.territory.as_ref(), tx.scope());
    if let Some(ways) = Way::into_place_in_reach(place, scope, Way::into_scope(scope)) {
        return in_categories(rows, wanted).by_ways(ways, OPENED);
    }
    // The ways say what the condition would: beside it SQLite would not take them.
    match wanted.categories.as_ref().and_then(Way::into_categories) {
        Some(ways) => rows.by_ways(ways, OPENED),
        None => in_categories(rows, wanted),
    }
}

fn in_categories<'a>(rows: Select<'a, Entity>, wanted: &Wanted<'_>) -> Select<'a, Entity> {
    match &wanted.categories {
        Some(categories) => rows.filter(one_of(Column::CategoryId.into_expr(), categories.iter().copied())),
        None => rows,
    }
}

fn cursor(key: i64, row: &Model) -> Cursor {
    Cursor::of(SortKey::Number(key), row.id.uuid())
}

/// All of a filter but its categories.
fn filtered<'a>(mut rows: Select<'a, Entity>, wanted: &Wanted<'_>) -> Select<'a, Entity> {
    let filter = wanted.filter;
    if !filter.states.is_empty() {
        rows = rows.filter(one_of(Column::State.into_expr(), filter.states.iter().map(|state| text(*state))));
    }
    if !filter.sources.is_empty() {
        rows = rows
            .filter(one_of(Column::Source.into_expr(), filter.sources.iter().map(|source| text(*source))));
    }
    if !filter.priorities.is_empty() {
        rows = rows.filter(one_of(
            Column::Priority.into_expr(),
            filter.priorities.iter().map(|priority| text(*priority)),
        ));
    }
    if !filter.supervision.is_empty() {
        // Who is supervised is the staff's matter: nobody else finds cases by it either.
        let levels = filter.supervision.iter().filter(|_| wanted.readers == Audience::Staff);
        let levels = levels.map(|level| text(*level));
        rows = rows.filter(one_of(Column::SupervisionLevel.into_expr(), levels));
    }
    if let Some(territory) = &wanted.territory {
        rows = rows.filter(within(territory));
    }
    if let Some(from) = filter.opened_from {
        rows = rows.filter(Column::OpenedAt.gte(from));
    }
    if let Some(until) = filter.opened_until {
        rows = rows.filter(Column::OpenedAt.lt(until));
    }
    if let Some(until) = filter.due_until {
        rows = rows.filter(Column::DueAt.lt(until.micros()));
    }
    if let Some(title) = &filter.title_contains {
        rows = rows.filter(containing(Column::Title, title));
    }
    if let Some(versions) = &wanted.programme {
        rows = rows.filter(following(versions));
    }
    if !filter.stages.is_empty() {
        rows = rows.filter(one_of(Column::Stage.into_expr(), filter.stages.iter().map(String::as_str)));
    }
    for value in &filter.values {
        rows = rows.filter(value::holding(value, wanted.readers));
    }
    if let Some(assignees) = &wanted.assignees {
        rows = rows.filter(one_of(Column::AssigneeId.into_expr(), assignees.iter().copied()));
    }
    judged(rows, wanted)
}

/// What became of cases: when they were closed, what they count as, and whether their reporters were asked.
fn judged<'a>(mut rows: Select<'a, Entity>, wanted: &Wanted<'_>) -> Select<'a, Entity> {
    let filter = wanted.filter;
    if let Some(from) = filter.closed_from {
        rows = rows.filter(Column::ClosedAt.gte(from));
    }
    if let Some(until) = filter.closed_until {
        rows = rows.filter(Column::ClosedAt.lt(until));
    }
    if let Some(on_time) = filter.on_time {
        rows = rows.filter(Column::OnTime.eq(on_time));
    }
    if let Some(reworked) = filter.reworked {
        // A literal: SQLite uses the index over the rows above nothing for no other.
        let (reworks, nothing) = (Column::Reworks.into_expr(), Expr::cust("0"));
        rows = rows.filter(if reworked { reworks.gt(nothing) } else { reworks.eq(nothing) });
    }
    if let Some(visited) = filter.visited {
        // What came of a return visit is the staff's matter: nobody else finds cases by it.
        rows = rows.filter(match (wanted.readers, visited) {
            (Audience::Everyone, _) => any_of([]),
            (Audience::Staff, true) => Column::VisitedAt.is_not_null(),
            (Audience::Staff, false) => Column::VisitedAt.is_null(),
        });
    }
    rows
}

fn following(versions: &Versions) -> SimpleExpr {
    let published = one_of(Column::ProgrammeVersionId.into_expr(), versions.published.iter().copied());
    let shipped = versions.shipped.then(|| Column::ProgrammeVersionId.is_null());
    any_of([published].into_iter().chain(shipped))
}

fn within(territory: &Territory) -> SimpleExpr {
    if territory.district {
        return Expr::cust("TRUE");
    }
    any_of([
        one_of(Column::TownId.into_expr(), territory.towns.iter().copied()),
        one_of(Column::VillageId.into_expr(), territory.villages.iter().copied()),
        one_of(Column::GridId.into_expr(), territory.grids.iter().copied()),
    ])
}

/// Most cases of one category that are compared with a matter: as many as lie in a box of 50 metres within a day after a burst
/// water main, and more.
const MOST_COMPARED: u64 = 500;
/// Metres of one degree northwards, at the least.
const DEGREE: f64 = 110_500.0;

/// The cases of a matter's category that were reported about the same time and may be near it, the newest first.
pub(in crate::cases) async fn near(
    tx: &Tx,
    matter: &SimilarTo,
    nearness: Nearness,
) -> Result<Vec<Case>, StoreError> {
    let span = i64::from(nearness.hours) * 3_600_000_000;
    let (from, until) = (matter.at.micros().saturating_sub(span), matter.at.micros().saturating_add(span));
    let grid = matter.grid.map(|grid| {
        let same = Column::GridId.eq(grid);
        if matter.point.is_some() { same.and(Column::Longitude.is_null()) } else { same }
    });
    let around = matter.point.map(|point| around(point, nearness.metres));
    let rows = tx
        .select::<Entity>()
        .filter(Column::CategoryId.eq(matter.category))
        .filter(Column::OpenedAt.gte(Timestamp(from)))
        .filter(Column::OpenedAt.lte(Timestamp(until)))
        .filter(any_of(around.into_iter().flatten().chain(grid)));
    let rows = rows.order_by(Column::OpenedAt, Order::Desc).order_by(Column::Id, Order::Desc);
    rows.limit(MOST_COMPARED).all().await?.into_iter().map(case).collect()
}

/// The boxes around a point, one for each system that cases are told in, a tenth wider than they need be.
#[expect(clippy::cast_possible_truncation, reason = "at most 180 million")]
fn around(point: GeoPoint, metres: u32) -> Vec<SimpleExpr> {
    let boxed = |system| {
        let at = point.told_in(system);
        let north = f64::from(metres) * 1.1 / DEGREE * 1e6;
        // Within a degree of a pole there is nothing to be asked about.
        let narrowing = (degrees(at.latitude).to_radians().cos()).max(0.017);
        let (high, wide) = (north.ceil() as i64, (north / narrowing).ceil() as i64);
        Column::CoordinateSystem
            .eq(text(system))
            .and(Column::Longitude.between(at.longitude - wide, at.longitude + wide))
            .and(Column::Latitude.between(at.latitude - high, at.latitude + high))
    };
    CoordinateSystem::iter().map(boxed).collect()
}

#[expect(clippy::cast_precision_loss, reason = "at most 180 million")]
fn degrees(micros: i64) -> f64 {
    micros as f64 / 1e6
}
