//! Rows of the cases slice to values and back.

pub(super) mod access;
mod assistance;
pub(super) mod entry;
pub(super) mod follower;
mod judging;
pub(super) mod list;
mod lists;
pub(super) mod merging;
pub(super) mod reckoning;
pub(super) mod rung;
pub(super) mod sample;
pub(super) mod seal;
pub(super) mod value;

use std::str::FromStr;

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use uuid::Uuid;

use fengqiao_entity::cases::case;
use fengqiao_entity::value::SealedBytes;

use crate::cases::clock::CaseLimit;
use crate::cases::extension::ExtensionRequest;
use crate::cases::model::{Assignee, Case, ExternalReference, Post, Resolution, SealedTexts};
use crate::cases::routing::Routing;
use crate::cases::supervision::Supervision;
use crate::kernel::calendar::Limit;
use crate::kernel::id::{CaseId, ProgrammeVersionId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::place::{Place, Sensitivity};
use crate::org::GeoPoint;
use crate::programmes::{Programme, Stage};
use crate::store::{StoreError, Tx, one_of};

/// A due time or period that never ends: sort keys are never null.
pub(super) const NEVER: i64 = i64::MAX;

pub(super) fn parsed<T: FromStr>(table: &str, column: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::corrupt(table, column, text))
}

/// An instant of a column that is never null.
fn instant(micros: i64) -> Option<Timestamp> {
    (micros != NEVER).then_some(Timestamp(micros))
}

/// The column text of an enum.
pub(super) fn text(value: impl Into<&'static str>) -> String {
    value.into().to_owned()
}

/// A case's row as a value.
pub(super) fn case(row: case::Model) -> Result<Case, StoreError> {
    Ok(Case {
        resolution: resolution(&row)?,
        judgement: judging::judgement(&row),
        reworks: number("reworks", row.reworks)?,
        evaluation: judging::evaluation(&row)?,
        evaluable_until: row.evaluable_until,
        return_visits: judging::visits(&row.return_visits)?,
        visited_at: row.visited_at,
        point: point(&row)?,
        givers: lists::givers(&row.givers)?,
        assignee: assignee(&row.assignee_kind, row.assignee_id)?,
        settled_level: optional("settled_level", row.settled_level.as_deref())?,
        limit: limit(&row)?,
        extensions: number("extended_times", row.extended_times)?,
        urgings: number("urged_times", row.urged_times)?,
        supervision: supervision(&row)?,
        request: request(&row)?,
        assistants: assistance::read(&row.assistants)?,
        pauses: lists::pauses(&row.pauses)?,
        visits: lists::visits(&row.visits)?,
        programme: row.programme_version_id,
        stage: stage(&row.stage, row.programme_version_id, &row.state),
        id: row.id,
        state: parsed("cases", "state", &row.state)?,
        category: row.category_id,
        sensitivity: Sensitivity::from_rank(row.sensitivity),
        priority: parsed("cases", "priority", &row.priority)?,
        source: parsed("cases", "source", &row.source)?,
        external: row.external_source.zip(row.external_number).map(external),
        number: row.number,
        title: row.title,
        place: Place { town: row.town_id, village: row.village_id, grid: row.grid_id },
        occurred_at: row.occurred_at,
        reported_at: row.reported_at,
        reported_unit: row.reported_unit_id,
        anonymous: row.anonymous,
        routing: row.routing.as_deref().map(routing).transpose()?,
        level: parsed("cases", "level", &row.level)?,
        due_at: instant(row.due_at),
        reckoned_by: row.reckoned_by,
        next_due: instant(row.next_due_at),
        rungs_since: Timestamp(row.rungs_since),
        retimed: number("retimed", row.retimed)?,
        followers: follower::read(&row.followers)?,
        accepted_at: row.accepted_at,
        closed_at: row.closed_at,
        opened_at: row.opened_at,
        version: row.version,
        reporter_account: row.reporter_account_id,
        leader: row.leader_account_id,
        master: row.master_id,
        sealed: SealedTexts {
            description: row.description.0,
            address: row.address.map(|bytes| bytes.0),
            reporter_name: row.reporter_name.map(|bytes| bytes.0),
            reporter_phone: row.reporter_phone.map(|bytes| bytes.0),
        },
    })
}

fn external((source, number): (String, String)) -> ExternalReference {
    ExternalReference { source, number }
}

/// A case as a row; the tenant is stamped on insert.
#[expect(clippy::too_many_lines, reason = "one line for each column")]
pub(super) fn row(tx: &Tx, case: &Case) -> case::Model {
    let sealed = |bytes: &Option<Vec<u8>>| bytes.clone().map(SealedBytes);
    let (limit_amount, limit_kind) = case.limit.map(|limit| limit.given.columns()).unzip();
    case::Model {
        tenant_id: tx.scope().tenant(),
        id: case.id,
        number: case.number.clone(),
        state: text(case.state),
        programme_version_id: case.programme,
        stage: case.stage.clone(),
        visits: lists::visits_text(&case.visits),
        category_id: case.category,
        sensitivity: case.sensitivity.rank(),
        priority: text(case.priority),
        source: text(case.source),
        external_source: case.external.as_ref().map(|external| external.source.clone()),
        external_number: case.external.as_ref().map(|external| external.number.clone()),
        title: case.title.clone(),
        description: SealedBytes(case.sealed.description.clone()),
        town_id: case.place.town,
        village_id: case.place.village,
        grid_id: case.place.grid,
        address: sealed(&case.sealed.address),
        longitude: case.point.map(|point| point.longitude),
        latitude: case.point.map(|point| point.latitude),
        coordinate_system: case.point.map(|point| text(point.system)),
        occurred_at: case.occurred_at,
        reported_at: case.reported_at,
        reported_unit_id: case.reported_unit,
        reporter_account_id: case.reporter_account,
        reporter_name: sealed(&case.sealed.reporter_name),
        reporter_phone: sealed(&case.sealed.reporter_phone),
        anonymous: case.anonymous,
        routing: case.routing.as_ref().and_then(routing_text),
        assignee_kind: case.assignee.kind().to_owned(),
        assignee_id: case.assignee.uuid(),
        level: text(case.level),
        givers: lists::givers_text(&case.givers),
        resolver_kind: case.resolution.map(|result| result.post.assignee.kind().to_owned()),
        resolver_id: case.resolution.map(|result| result.post.assignee.uuid()),
        resolver_account_id: case.resolution.and_then(|result| result.by),
        resolved_level: case.resolution.map(|result| text(result.post.level)),
        settled_level: case.settled_level.map(text),
        limit_amount,
        limit_kind,
        limit_category_id: case.limit.and_then(|limit| limit.category),
        extended_amount: case.limit.map_or(0, |limit| column(limit.extended)),
        extended_times: column(case.extensions),
        requested_amount: case.request.map(|request| column(request.amount)),
        requested_at: case.request.map(|request| request.at),
        requested_by: case.request.and_then(|request| request.by),
        assistants: assistance::text(&case.assistants),
        urged_times: column(case.urgings),
        supervision_level: case.supervision.map(|supervision| text(supervision.level)),
        supervised_at: case.supervision.map(|supervision| supervision.since),
        leader_account_id: case.leader,
        master_id: case.master,
        supervision_cost: case.supervision.map_or(0, |supervision| column(supervision.cost)),
        pauses: lists::pauses_text(&case.pauses),
        due_at: case.due_at.map_or(NEVER, Timestamp::micros),
        reckoned_by: case.reckoned_by,
        next_due_at: case.next_due.map_or(NEVER, Timestamp::micros),
        rungs_since: case.rungs_since.micros(),
        retimed: column(case.retimed),
        followers: follower::written(&case.followers),
        accepted_at: case.accepted_at,
        closed_at: case.closed_at,
        on_time: case.judgement.map(|judgement| judgement.on_time),
        judged_at: case.judgement.map(|judgement| judgement.at),
        reworks: column(case.reworks),
        evaluation: case.evaluation.as_ref().map(|evaluation| text(evaluation.rating)),
        evaluated_at: case.evaluation.as_ref().map(|evaluation| evaluation.at),
        evaluation_form: judging::filled_text(case),
        evaluable_until: case.evaluable_until,
        return_visits: judging::visits_text(case),
        visited_at: case.visited_at,
        opened_at: case.opened_at,
        version: case.version,
    }
}

/// The stage of a row. A process of before stages were kept, in the minutes of a rolling upgrade, writes the state alone: the
/// stage follows from it then.
fn stage(key: &str, programme: Option<ProgrammeVersionId>, state: &str) -> String {
    let base = Programme::base();
    let is_of = |stage: &&Stage| <&'static str>::from(stage.state) == state;
    if programme.is_some() || base.stage(key).is_some_and(|stage| is_of(&stage)) {
        return key.to_owned();
    }
    base.stages.iter().find(is_of).map_or_else(|| key.to_owned(), |stage| stage.key.clone())
}

pub(super) fn optional<T: FromStr>(column: &str, text: Option<&str>) -> Result<Option<T>, StoreError> {
    text.map(|text| parsed("cases", column, text)).transpose()
}

/// The assignee of a kind and an id.
pub(super) fn assignee(kind: &str, id: Uuid) -> Result<Assignee, StoreError> {
    Assignee::of(kind, id).ok_or_else(|| StoreError::corrupt("cases", "assignee_kind", kind))
}

fn resolution(row: &case::Model) -> Result<Option<Resolution>, StoreError> {
    let (Some(kind), Some(id), Some(level)) = (&row.resolver_kind, row.resolver_id, &row.resolved_level)
    else {
        return Ok(None);
    };
    let post = Post { assignee: assignee(kind, id)?, level: parsed("cases", "resolved_level", level)? };
    Ok(Some(Resolution { post, by: row.resolver_account_id }))
}

fn limit(row: &case::Model) -> Result<Option<CaseLimit>, StoreError> {
    let (Some(amount), Some(kind)) = (row.limit_amount, &row.limit_kind) else { return Ok(None) };
    let limit =
        Limit::parsed(amount, kind).ok_or_else(|| StoreError::corrupt("cases", "limit_kind", kind))?;
    let extended = number("extended_amount", row.extended_amount)?;
    Ok(Some(CaseLimit { given: limit, extended, category: row.limit_category_id }))
}

fn supervision(row: &case::Model) -> Result<Option<Supervision>, StoreError> {
    let level = optional("supervision_level", row.supervision_level.as_deref())?;
    let cost = number("supervision_cost", row.supervision_cost)?;
    Ok(level.zip(row.supervised_at).map(|(level, since)| Supervision { level, since, cost }))
}

fn request(row: &case::Model) -> Result<Option<ExtensionRequest>, StoreError> {
    let (Some(amount), Some(at)) = (row.requested_amount, row.requested_at) else { return Ok(None) };
    let amount = number("requested_amount", amount)?;
    Ok(Some(ExtensionRequest { amount, at, by: row.requested_by }))
}

fn number(name: &str, value: i32) -> Result<u32, StoreError> {
    u32::try_from(value).map_err(|_| StoreError::corrupt("cases", name, value))
}

pub(super) fn column(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn point(row: &case::Model) -> Result<Option<GeoPoint>, StoreError> {
    let (Some(longitude), Some(latitude), Some(system)) =
        (row.longitude, row.latitude, &row.coordinate_system)
    else {
        return Ok(None);
    };
    Ok(Some(GeoPoint { longitude, latitude, system: parsed("cases", "coordinate_system", system)? }))
}

/// `{"rule": "owner", "place": "point", …}`.
fn routing(text: &str) -> Result<Routing, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::corrupt("cases", "routing", text))
}

pub(super) fn routing_text(routing: &Routing) -> Option<String> {
    serde_json::to_string(routing).ok()
}

/// A case by id.
pub(super) async fn by_id(tx: &Tx, id: CaseId) -> Result<Option<Case>, StoreError> {
    tx.select::<case::Entity>().filter(case::Column::Id.eq(id)).one().await?.map(case).transpose()
}

/// A case by id, kept from changing until the transaction ends.
pub(super) async fn held_by_id(tx: &Tx, id: CaseId) -> Result<Option<Case>, StoreError> {
    if mutant::active(Mutant::UnheldCase) {
        return by_id(tx, id).await;
    }
    tx.select::<case::Entity>().filter(case::Column::Id.eq(id)).lock().one().await?.map(case).transpose()
}

/// A case by its number.
pub(super) async fn by_number(tx: &Tx, number: &str) -> Result<Option<Case>, StoreError> {
    let rows = tx.select::<case::Entity>().filter(case::Column::Number.eq(number));
    rows.one().await?.map(case).transpose()
}

/// Cases by number, in no order; those out of reach are left out.
pub(super) async fn by_numbers(tx: &Tx, numbers: &[String]) -> Result<Vec<Case>, StoreError> {
    let wanted = one_of(case::Column::Number.into_expr(), numbers.iter().cloned());
    let rows = tx.select::<case::Entity>().filter(wanted).all().await?;
    rows.into_iter().map(case).collect()
}

/// The case with a number in another system.
pub(super) async fn by_external(tx: &Tx, source: &str, number: &str) -> Result<Option<Case>, StoreError> {
    let known = case::Column::ExternalSource.eq(source).and(case::Column::ExternalNumber.eq(number));
    tx.select::<case::Entity>().filter(known).one().await?.map(case).transpose()
}

/// Cases by id, in no order; those out of reach are left out.
pub(super) async fn by_ids(tx: &Tx, ids: &[CaseId]) -> Result<Vec<Case>, StoreError> {
    let wanted = one_of(case::Column::Id.into_expr(), ids.iter().copied());
    let rows = tx.select::<case::Entity>().filter(wanted).all().await?;
    rows.into_iter().map(case).collect()
}

/// The row of a case as somebody saw it.
fn unchanged(id: CaseId, expected: i64) -> SimpleExpr {
    let own = case::Column::Id.eq(id);
    if mutant::active(Mutant::UnheldCase) { own } else { own.and(case::Column::Version.eq(expected)) }
}

/// Writes what acts change, if the version is still `expected`: whether it was.
pub(super) async fn update(tx: &Tx, case: &Case, expected: i64) -> Result<bool, StoreError> {
    let row = row(tx, case);
    let changed = judging::set(tx.update::<case::Entity>(), &row)
        .set(case::Column::State, Expr::val(row.state))
        .set(case::Column::Stage, Expr::val(row.stage))
        .set(case::Column::Visits, Expr::val(row.visits))
        .set(case::Column::CategoryId, Expr::val(row.category_id))
        .set(case::Column::Sensitivity, Expr::val(row.sensitivity))
        .set(case::Column::ProgrammeVersionId, Expr::val(row.programme_version_id))
        .set(case::Column::LimitAmount, Expr::val(row.limit_amount))
        .set(case::Column::LimitKind, Expr::val(row.limit_kind))
        .set(case::Column::LimitCategoryId, Expr::val(row.limit_category_id))
        .set(case::Column::Routing, Expr::val(row.routing))
        .set(case::Column::AssigneeKind, Expr::val(row.assignee_kind))
        .set(case::Column::AssigneeId, Expr::val(row.assignee_id))
        .set(case::Column::Level, Expr::val(row.level))
        .set(case::Column::Givers, Expr::val(row.givers))
        .set(case::Column::ResolverKind, Expr::val(row.resolver_kind))
        .set(case::Column::ResolverId, Expr::val(row.resolver_id))
        .set(case::Column::ResolverAccountId, Expr::val(row.resolver_account_id))
        .set(case::Column::ResolvedLevel, Expr::val(row.resolved_level))
        .set(case::Column::SettledLevel, Expr::val(row.settled_level))
        .set(case::Column::ExtendedAmount, Expr::val(row.extended_amount))
        .set(case::Column::ExtendedTimes, Expr::val(row.extended_times))
        .set(case::Column::RequestedAmount, Expr::val(row.requested_amount))
        .set(case::Column::RequestedAt, Expr::val(row.requested_at))
        .set(case::Column::RequestedBy, Expr::val(row.requested_by))
        .set(case::Column::Assistants, Expr::val(row.assistants))
        .set(case::Column::UrgedTimes, Expr::val(row.urged_times))
        .set(case::Column::SupervisionLevel, Expr::val(row.supervision_level))
        .set(case::Column::SupervisedAt, Expr::val(row.supervised_at))
        .set(case::Column::MasterId, Expr::val(row.master_id))
        .set(case::Column::LeaderAccountId, Expr::val(row.leader_account_id))
        .set(case::Column::SupervisionCost, Expr::val(row.supervision_cost))
        .set(case::Column::Pauses, Expr::val(row.pauses))
        .set(case::Column::DueAt, Expr::val(row.due_at))
        .set(case::Column::ReckonedBy, Expr::val(row.reckoned_by))
        .set(case::Column::RungsSince, Expr::val(row.rungs_since))
        .set(case::Column::Retimed, Expr::val(row.retimed))
        .set(case::Column::NextDueAt, Expr::val(row.next_due_at))
        .set(case::Column::AcceptedAt, Expr::val(row.accepted_at))
        .set(case::Column::ClosedAt, Expr::val(row.closed_at))
        .set(case::Column::Version, Expr::val(row.version))
        .filter(unchanged(case.id, expected))
        .run()
        .await?;
    Ok(changed == 1)
}
