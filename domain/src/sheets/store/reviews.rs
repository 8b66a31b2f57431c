//! Rows of what waits for somebody else's word.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait};

use fengqiao_entity::sheets::export_review::{Column, Entity, Model};

use crate::kernel::id::{AccountId, ExportId, ExportReviewId, Timestamp};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::sheets::model::{Decision, ExportReview, ReviewState};
use crate::sheets::store::{grants, grants_text, parsed, text};
use crate::store::{Keyset, Select, StoreError, Tx, counted};

fn value(row: Model, now: Timestamp) -> Result<ExportReview, StoreError> {
    let table = "export_reviews";
    let decision = row.decision.as_deref().map(|text| parsed(table, "decision", text)).transpose()?;
    // That nobody said anything in time is a step too.
    let version = row.version + i64::from(decision.is_none() && row.lapses_at <= now);
    Ok(ExportReview {
        id: row.id,
        export: row.export_id,
        account: row.account_id,
        kind: parsed(table, "kind", &row.kind)?,
        format: parsed(table, "format", &row.format)?,
        purpose: row.purpose,
        selection: row.selection,
        grants: grants(table, &row.grants)?,
        rows: usize::try_from(row.row_count).unwrap_or_default(),
        created_at: row.created_at,
        lapses_at: row.lapses_at,
        state: match decision {
            Some(Decision::Approved) => ReviewState::Approved,
            Some(Decision::Declined) => ReviewState::Declined,
            None if row.lapses_at <= now => ReviewState::Lapsed,
            None => ReviewState::Waiting,
        },
        decided_by: row.decided_by,
        decided_at: row.decided_at,
        note: row.note,
        version,
    })
}

/// Inserts one that waits.
pub(in crate::sheets) async fn insert(tx: &Tx, new: &ExportReview) -> Result<(), StoreError> {
    tx.insert(Model {
        tenant_id: tx.scope().tenant(),
        id: new.id,
        export_id: new.export,
        account_id: new.account,
        kind: text(new.kind),
        format: text(new.format),
        purpose: new.purpose.clone(),
        selection: new.selection.clone(),
        grants: grants_text(new.grants.iter().copied()),
        row_count: i64::try_from(new.rows).unwrap_or(i64::MAX),
        created_at: new.created_at,
        lapses_at: new.lapses_at,
        decision: None,
        decided_by: None,
        decided_at: None,
        note: None,
        version: new.version,
    })
    .await
}

/// Those of some files.
pub(in crate::sheets) async fn of_exports(
    tx: &Tx,
    exports: &[ExportId],
) -> Result<Vec<ExportReview>, StoreError> {
    let wanted = Column::ExportId.is_in(exports.iter().copied());
    let rows = tx.select::<Entity>().filter(wanted).all().await?;
    rows.into_iter().map(|row| value(row, tx.now())).collect()
}

/// One of them.
pub(in crate::sheets) async fn by_id(
    tx: &Tx,
    id: ExportReviewId,
) -> Result<Option<ExportReview>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::Id.eq(id)).one().await?;
    row.map(|row| value(row, tx.now())).transpose()
}

/// The same, kept from changing until the transaction ends.
pub(in crate::sheets) async fn held(tx: &Tx, id: ExportReviewId) -> Result<Option<ExportReview>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::Id.eq(id)).lock().one().await?;
    row.map(|row| value(row, tx.now())).transpose()
}

/// Writes down what somebody said.
pub(in crate::sheets) async fn decide(
    tx: &Tx,
    id: ExportReviewId,
    by: AccountId,
    (decision, note): (Decision, Option<&str>),
) -> Result<(), StoreError> {
    let decided = tx
        .update::<Entity>()
        .set(Column::Decision, Expr::val(text(decision)))
        .set(Column::DecidedBy, Expr::val(by))
        .set(Column::DecidedAt, Expr::val(tx.now()))
        .set(Column::Note, Expr::val(note.map(str::to_owned)))
        .set(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .run()
        .await?;
    if decided == 1 { Ok(()) } else { Err(StoreError::Internal(format!("{id} is not there any more"))) }
}

fn matching(tx: &Tx, waiting: Option<bool>) -> Select<'_, Entity> {
    let rows = tx.select::<Entity>();
    let now = tx.now();
    match waiting {
        None => rows,
        Some(true) => rows.filter(Column::Decision.is_null().and(Column::LapsesAt.gt(now))),
        Some(false) => rows.filter(Column::Decision.is_not_null().or(Column::LapsesAt.lte(now))),
    }
}

/// How many there are: of those that wait, of those that do not, or of all.
pub(in crate::sheets) async fn count(tx: &Tx, waiting: Option<bool>) -> Result<u64, StoreError> {
    counted(matching(tx, waiting)).await
}

/// A page of the same, newest first.
pub(in crate::sheets) async fn page(
    tx: &Tx,
    waiting: Option<bool>,
    request: &PageRequest,
) -> Result<Page<ExportReview>, StoreError> {
    let keyset = Keyset::<Entity> {
        column: Column::CreatedAt,
        id: Column::Id,
        descending: true,
        cursor: |row| Cursor::of(SortKey::Number(row.created_at.micros()), row.id.uuid()),
    };
    let page = keyset.page(matching(tx, waiting), request).await?;
    let now = tx.now();
    let rows = page.rows.into_iter().map(|(cursor, row)| Ok((cursor, value(row, now)?)));
    Ok(Page {
        rows: rows.collect::<Result<_, StoreError>>()?,
        has_previous: page.has_previous,
        has_next: page.has_next,
    })
}
