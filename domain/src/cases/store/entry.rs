//! Entries of the timeline: appended, never changed.

use std::collections::HashMap;

use sea_orm::sea_query::{Condition, Expr, ExprTrait};
use sea_orm::{ColumnTrait, FromQueryResult, Order, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use fengqiao_entity::cases::case_entry::{Column, Entity, Model};
use fengqiao_entity::value::SealedBytes;

use crate::cases::milestone::Told;
use crate::cases::model::{Audience, TimelineEntry};
use crate::cases::store::seal;
use crate::cases::store::{assignee, column, parsed, text};
use crate::cases::supervision::Supervised;
use crate::kernel::id::{AccountId, CaseId, CategoryId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::programmes::CaseAct;
use crate::store::{Keyset, StoreError, Tx, counted, one_of};

const TABLE: &str = "case_entries";

#[derive(FromQueryResult)]
struct Latest {
    case_id: CaseId,
    at: Timestamp,
}

/// The facts of an entry: ids and codes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    assignee_kind: String,
    assignee: Uuid,
    level: String,
    /// The stage after; absent in rows of before stages were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rating: Option<String>,
    /// How well it was settled, for a verification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    score: Option<u8>,
    /// The category before and from then on, for a change of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<(Uuid, Uuid)>,
    /// Whoever acted is an anonymous reporter: nobody else learns who.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    anonymous: bool,
}

/// An entry as a row; its text is sealed here, the tenant is stamped on insert.
pub(in crate::cases) fn row(tx: &Tx, entry: &TimelineEntry) -> Result<Model, StoreError> {
    let detail = Detail {
        assignee_kind: entry.assignee.kind().to_owned(),
        assignee: entry.assignee.uuid(),
        level: text(entry.level),
        stage: entry.stage.clone(),
        rating: entry.rating.map(text),
        score: entry.score,
        category: entry.category.map(|(former, category)| (former.uuid(), category.uuid())),
        anonymous: entry.anonymous,
    };
    let detail = serde_json::to_string(&detail).map_err(|error| StoreError::Internal(error.to_string()))?;
    let sealed = seal::seal_some(tx, seal::Column::EntryText, entry.id.uuid(), entry.text.as_deref())?;
    Ok(Model {
        tenant_id: tx.scope().tenant(),
        id: entry.id,
        case_id: entry.case,
        version: entry.version,
        at: entry.at,
        act: text(entry.act),
        from_state: entry.from.map(text),
        to_state: text(entry.to),
        account_id: entry.account,
        audience: entry.audience.rank(),
        text: sealed.map(SealedBytes),
        detail,
        supervision_level: entry.supervised.map(|supervised| text(supervised.level)),
        supervision_cost: entry.supervised.map(|supervised| column(supervised.cost)),
    })
}

fn value(tx: &Tx, row: Model) -> Result<TimelineEntry, StoreError> {
    let corrupt = |_| StoreError::corrupt(TABLE, "detail", &row.detail);
    let detail: Detail = serde_json::from_str(&row.detail).map_err(corrupt)?;
    let tenant = tx.scope().tenant();
    let open = |sealed: SealedBytes| {
        seal::open(tx.vault(), tenant, seal::Column::EntryText, row.id.uuid(), &sealed.0)
    };
    let state = |text: &str| parsed(TABLE, "state", text);
    Ok(TimelineEntry {
        supervised: supervised(&row)?,
        text: row.text.map(open).transpose()?,
        id: row.id,
        case: row.case_id,
        version: row.version,
        at: row.at,
        act: parsed(TABLE, "act", &row.act)?,
        from: row.from_state.as_deref().map(state).transpose()?,
        to: state(&row.to_state)?,
        stage: detail.stage,
        account: row.account_id.filter(|account| !detail.anonymous || tx.scope().account() == Some(*account)),
        audience: Audience::from_rank(row.audience),
        assignee: assignee(&detail.assignee_kind, detail.assignee)?,
        level: parsed(TABLE, "level", &detail.level)?,
        rating: detail.rating.as_deref().map(|rating| parsed(TABLE, "rating", rating)).transpose()?,
        // How somebody did their work is between them and those they work with.
        score: detail.score.filter(|_| tx.scope().is_staff() || mutant::active(Mutant::ScoreForEverybody)),
        category: detail
            .category
            .map(|(former, category)| (CategoryId::from_uuid(former), CategoryId::from_uuid(category))),
        anonymous: detail.anonymous,
    })
}

fn supervised(row: &Model) -> Result<Option<Supervised>, StoreError> {
    let (Some(level), Some(cost)) = (&row.supervision_level, row.supervision_cost) else { return Ok(None) };
    let cost = u32::try_from(cost).map_err(|_| StoreError::corrupt(TABLE, "supervision_cost", cost))?;
    Ok(Some(Supervised { level: parsed(TABLE, "supervision_level", level)?, cost }))
}

/// The order of a timeline: oldest first.
fn keyset() -> Keyset<Entity> {
    Keyset {
        column: Column::Version,
        id: Column::Id,
        descending: false,
        cursor: |row: &Model| Cursor::of(SortKey::Number(row.version), row.id.uuid()),
    }
}

/// A page of a case's timeline, oldest first.
pub(in crate::cases) async fn page(
    tx: &Tx,
    case: CaseId,
    request: &PageRequest,
) -> Result<Page<TimelineEntry>, StoreError> {
    let rows = tx.select::<Entity>().filter(Column::CaseId.eq(case));
    let Page { rows, has_previous, has_next } = keyset().page(rows, request).await?;
    let rows = rows
        .into_iter()
        .map(|(cursor, row)| Ok((cursor, value(tx, row)?)))
        .collect::<Result<_, StoreError>>()?;
    Ok(Page { rows, has_previous, has_next })
}

/// What was done to some cases and when, oldest first, as far as the caller may read it.
pub(in crate::cases) async fn told(
    tx: &Tx,
    cases: &[CaseId],
) -> Result<HashMap<CaseId, Vec<Told>>, StoreError> {
    let wanted = one_of(Column::CaseId.into_expr(), cases.iter().copied());
    let rows = tx.select::<Entity>().filter(wanted).order_by(Column::Version, Order::Asc).all().await?;
    let mut of: HashMap<CaseId, Vec<Told>> = HashMap::new();
    for row in rows {
        let told = Told {
            act: parsed(TABLE, "act", &row.act)?,
            to: parsed(TABLE, "state", &row.to_state)?,
            at: row.at,
        };
        of.entry(row.case_id).or_default().push(told);
    }
    Ok(of)
}

/// Whether somebody did one of these acts to a case, however long ago.
pub(in crate::cases) async fn tells_of(
    tx: &Tx,
    case: CaseId,
    (account, acts): (AccountId, &[CaseAct]),
) -> Result<bool, StoreError> {
    let rows = tx.select::<Entity>().filter(Column::CaseId.eq(case)).filter(Column::AccountId.eq(account));
    let rows = rows.filter(one_of(Column::Act.into_expr(), acts.iter().map(|act| text(*act))));
    Ok(rows.limit(1).one().await?.is_some())
}

/// When something that everybody who sees them may read was done last to some cases.
pub(in crate::cases) async fn latest_for_everyone(
    tx: &Tx,
    cases: &[CaseId],
) -> Result<HashMap<CaseId, Timestamp>, StoreError> {
    let wanted = one_of(Column::CaseId.into_expr(), cases.iter().copied());
    let rows = tx.select::<Entity>().filter(wanted).filter(Column::Audience.eq(Audience::Everyone.rank()));
    let latest: Vec<Latest> = rows
        .shaped(|rows| rows.column(Column::CaseId).column_as(Column::At.max(), "at").group_by(Column::CaseId))
        .await?;
    Ok(latest.into_iter().map(|latest| (latest.case_id, latest.at)).collect())
}

/// What was written for everybody when the state of some cases changed last; nothing where nothing was. Only that is opened.
pub(in crate::cases) async fn notes_for_everyone(
    tx: &Tx,
    cases: &[CaseId],
) -> Result<HashMap<CaseId, String>, StoreError> {
    let wanted = one_of(Column::CaseId.into_expr(), cases.iter().copied());
    let rows = tx.select::<Entity>().filter(wanted).filter(Column::Audience.eq(Audience::Everyone.rank()));
    let rows = rows.filter(Column::Text.is_not_null());
    let rows = rows.filter(Expr::col(Column::FromState).ne(Expr::col(Column::ToState)));
    let mut last: HashMap<CaseId, Model> = HashMap::new();
    for row in rows.order_by(Column::Version, Order::Asc).all().await? {
        last.insert(row.case_id, row);
    }
    let opened = last.into_iter().map(|(case, row)| Ok((case, value(tx, row)?.text.unwrap_or_default())));
    opened.collect()
}

/// The entry that made a version of a case; none where the caller may not read it.
pub(in crate::cases) async fn at_version(
    tx: &Tx,
    case: CaseId,
    version: i64,
) -> Result<Option<TimelineEntry>, StoreError> {
    let rows = tx.select::<Entity>().filter(Column::CaseId.eq(case)).filter(Column::Version.eq(version));
    rows.one().await?.map(|row| value(tx, row)).transpose()
}

/// The latest entry of an act on a case that the caller may read.
pub(in crate::cases) async fn latest_of(
    tx: &Tx,
    case: CaseId,
    act: CaseAct,
) -> Result<Option<TimelineEntry>, StoreError> {
    let rows = tx.select::<Entity>().filter(Column::CaseId.eq(case)).filter(Column::Act.eq(text(act)));
    let latest = rows.order_by(Column::Version, Order::Desc).limit(1).one().await?;
    latest.map(|row| value(tx, row)).transpose()
}

/// How many entries of a case's timeline the caller may read.
pub(in crate::cases) async fn count(tx: &Tx, case: CaseId) -> Result<u64, StoreError> {
    counted(tx.select::<Entity>().filter(Column::CaseId.eq(case))).await
}

/// The entries of the last `each` versions of some cases, given with their present versions, each with
/// its cursor: oldest first.
pub(in crate::cases) async fn last(
    tx: &Tx,
    cases: &[(CaseId, i64)],
    each: i64,
) -> Result<Vec<(Cursor, TimelineEntry)>, StoreError> {
    let Some(least) = cases.iter().map(|(_, version)| version - each).min() else { return Ok(vec![]) };
    // The first two conditions are for the index; of a case that grew older than others they bring too much.
    let wanted =
        Condition::all().add(one_of(Column::CaseId.into_expr(), ids(cases))).add(Column::Version.gt(least));
    let keyset = keyset();
    let first: HashMap<CaseId, i64> = cases.iter().map(|(case, version)| (*case, version - each)).collect();
    let rows = tx.select::<Entity>().filter(wanted).order_by(Column::Version, Order::Asc).all().await?;
    let rows =
        rows.into_iter().filter(|row| first.get(&row.case_id).is_some_and(|first| row.version > *first));
    rows.map(|row| Ok((keyset.cursor_of(&row), value(tx, row)?))).collect()
}

fn ids(cases: &[(CaseId, i64)]) -> impl Iterator<Item = CaseId> {
    cases.iter().map(|(case, _)| *case)
}
