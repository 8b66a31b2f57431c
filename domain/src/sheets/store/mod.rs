//! Rows of the sheets slice to values and back.

pub(super) mod reviews;

use std::collections::HashMap;
use std::str::FromStr;

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use fengqiao_entity::sheets::{export, export_part, import};

use crate::kernel::id::{AccountId, ExportId, ImportId, RoleGrantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::kernel::sheet::{BadRow, ImportReport};
use crate::sheets::model::{Export, ExportReview, Import, ReviewState, WorkState};
use crate::store::{Personal, StoreError, Tx};

const MISTAKES: Personal = Personal { table: "imports", column: "mistakes" };
const BYTES: Personal = Personal { table: "export_parts", column: "bytes" };

/// How long nothing may be heard of a file that is worked on: three times as long as it is told.
const SILENCE_SECONDS: i64 = 60;

fn parsed<T: FromStr>(table: &str, column: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::corrupt(table, column, text))
}

fn text(value: impl Into<&'static str>) -> String {
    value.into().to_owned()
}

/// What is wrong with a row, as it is kept.
#[derive(Serialize, Deserialize)]
struct KeptMistake {
    row: usize,
    column: String,
    value: String,
    reason: String,
}

/// How long a waiting or running file may be silent.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// Until its bytes come.
    pub(super) waiting_seconds: i64,
}

impl Patience {
    fn judged(self, state: WorkState, heard_at: Timestamp, now: Timestamp) -> WorkState {
        let most = match state {
            WorkState::Waiting => self.waiting_seconds,
            WorkState::Running => SILENCE_SECONDS,
            _ => return state,
        };
        if heard_at.plus_seconds(most) < now { WorkState::Interrupted } else { state }
    }
}

/// A file that comes in, as a row.
pub(super) fn import_row(tx: &Tx, account: AccountId, import: &Import) -> import::Model {
    import::Model {
        tenant_id: tx.scope().tenant(),
        id: import.id,
        account_id: account,
        kind: text(import.kind),
        file_name: import.file_name.clone(),
        state: text(import.state),
        created: 0,
        changed: 0,
        unchanged: 0,
        mistakes: None,
        created_at: import.created_at,
        heard_at: import.created_at,
        finished_at: None,
        version: import.version,
    }
}

fn import(tx: &Tx, row: import::Model, patience: Patience) -> Result<Import, StoreError> {
    let table = "imports";
    let count = |number: i64| usize::try_from(number).unwrap_or_default();
    let report = ImportReport {
        created: count(row.created),
        changed: count(row.changed),
        unchanged: count(row.unchanged),
    };
    let mistakes =
        row.mistakes.as_ref().map(|sealed| tx.unseal(MISTAKES, row.id.uuid(), sealed)).transpose()?;
    let mistakes: Vec<KeptMistake> = match mistakes {
        Some(json) => {
            serde_json::from_str(&json).map_err(|_| StoreError::corrupt(table, "mistakes", row.id))?
        }
        None => vec![],
    };
    Ok(Import {
        id: row.id,
        kind: parsed(table, "kind", &row.kind)?,
        file_name: row.file_name,
        state: patience.judged(parsed(table, "state", &row.state)?, row.heard_at, tx.now()),
        rows: report.created + report.changed + report.unchanged,
        report,
        mistakes: mistakes.into_iter().map(KeptMistake::told).collect(),
        created_at: row.created_at,
        finished_at: row.finished_at,
        version: row.version,
    })
}

impl KeptMistake {
    fn told(self) -> BadRow {
        BadRow { row: self.row, column: self.column.into(), value: self.value, reason: self.reason }
    }
}

/// Files that come in by id; those that the caller does not see are left out.
pub(super) async fn imports(
    tx: &Tx,
    ids: &[ImportId],
    patience: Patience,
) -> Result<Vec<Import>, StoreError> {
    let found = import::Column::Id.is_in(ids.iter().copied());
    let rows = tx.select::<import::Entity>().filter(found).all().await?;
    rows.into_iter().map(|row| import(tx, row, patience)).collect()
}

/// Begins to work on a file whose bytes came, unless somebody did: whether it was begun.
pub(super) async fn claim_import(tx: &Tx, id: ImportId) -> Result<bool, StoreError> {
    use import::Column;
    let changed = tx
        .update::<import::Entity>()
        .set(Column::State, Expr::val(text(WorkState::Running)))
        .set(Column::HeardAt, Expr::val(tx.now()))
        .set(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id).and(Column::State.eq(text(WorkState::Waiting))))
        .run()
        .await?;
    Ok(changed == 1)
}

/// Says that a file is still worked on.
pub(super) async fn hear_import(tx: &Tx, id: ImportId) -> Result<(), StoreError> {
    let heard = tx.update::<import::Entity>().set(import::Column::HeardAt, Expr::val(tx.now()));
    heard.filter(import::Column::Id.eq(id)).run().await.map(drop)
}

/// Ends a file that comes in.
pub(super) async fn end_import(
    tx: &Tx,
    id: ImportId,
    state: WorkState,
    report: ImportReport,
    mistakes: &[BadRow],
) -> Result<(), StoreError> {
    use import::Column;
    let kept = mistakes.iter().map(|bad| KeptMistake {
        row: bad.row,
        column: bad.column.to_string(),
        value: bad.value.clone(),
        reason: bad.reason.clone(),
    });
    let kept = serde_json::to_string(&kept.collect::<Vec<_>>());
    let kept = kept.map_err(|fault| StoreError::Internal(fault.to_string()))?;
    let sealed = if mistakes.is_empty() { None } else { Some(tx.seal(MISTAKES, id.uuid(), &kept)?.0) };
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    tx.update::<import::Entity>()
        .set(Column::State, Expr::val(text(state)))
        .set(Column::Created, Expr::val(number(report.created)))
        .set(Column::Changed, Expr::val(number(report.changed)))
        .set(Column::Unchanged, Expr::val(number(report.unchanged)))
        .set(Column::Mistakes, Expr::val(sealed))
        .set(Column::HeardAt, Expr::val(tx.now()))
        .set(Column::FinishedAt, Expr::val(tx.now()))
        .set(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .run()
        .await
        .map(drop)
}

/// Role grants, as they are kept.
fn grants_text(grants: impl IntoIterator<Item = RoleGrantId>) -> String {
    grants.into_iter().map(|grant| grant.uuid().to_string()).collect::<Vec<_>>().join(",")
}

fn grants(table: &str, text: &str) -> Result<Vec<RoleGrantId>, StoreError> {
    let grant = |id: &str| Uuid::parse_str(id).map(RoleGrantId::from_uuid);
    let grants: Result<Vec<_>, _> = text.split(',').filter(|id| !id.is_empty()).map(grant).collect();
    grants.map_err(|fault| StoreError::corrupt(table, "grants", fault))
}

/// A file that goes out, as a row: with what its taker sees it by.
pub(super) fn export_row(tx: &Tx, account: AccountId, export: &Export) -> export::Model {
    export::Model {
        tenant_id: tx.scope().tenant(),
        id: export.id,
        account_id: account,
        kind: text(export.kind),
        format: text(export.format),
        purpose: export.purpose.clone(),
        state: text(export.state),
        row_count: 0,
        byte_count: 0,
        created_at: export.created_at,
        heard_at: export.created_at,
        finished_at: None,
        version: export.version,
        grants: Some(grants_text(tx.scope().held().iter().map(|held| held.grant))),
    }
}

fn export(row: export::Model, keep_seconds: i64, now: Timestamp) -> Result<Export, StoreError> {
    let table = "exports";
    let patience = Patience { waiting_seconds: 0 };
    Ok(Export {
        id: row.id,
        kind: parsed(table, "kind", &row.kind)?,
        format: parsed(table, "format", &row.format)?,
        purpose: row.purpose,
        state: patience.judged(parsed(table, "state", &row.state)?, row.heard_at, now),
        rows: usize::try_from(row.row_count).unwrap_or_default(),
        bytes: u64::try_from(row.byte_count).unwrap_or_default(),
        created_at: row.created_at,
        finished_at: row.finished_at,
        expires_at: row.finished_at.map(|at| at.plus_seconds(keep_seconds)),
        review: None,
        version: row.version,
    })
}

/// Files that go out by id, as far as somebody else's word and what their taker sees now let them; those that the caller does not see are
/// left out.
pub(super) async fn exports(tx: &Tx, ids: &[ExportId], keep_seconds: i64) -> Result<Vec<Export>, StoreError> {
    let found = export::Column::Id.is_in(ids.iter().copied());
    let rows = tx.select::<export::Entity>().filter(found).all().await?;
    let reviews = reviews::of_exports(tx, ids).await?;
    let mut reviews: HashMap<_, _> = reviews.into_iter().map(|review| (review.export, review)).collect();
    let of = |row: export::Model| {
        let review = reviews.remove(&row.id);
        let kept = row.grants.as_deref().map(|text| grants("exports", text)).transpose()?;
        // A file of before they were kept has them in its review, if it has one.
        let kept = kept.or_else(|| review.as_ref().map(|review| review.grants.clone()));
        let export = export(row, keep_seconds, tx.now())?;
        if export.state != WorkState::Succeeded {
            return Ok(export);
        }
        let export = match review {
            Some(review) => reviewed(export, &review, keep_seconds),
            None => export,
        };
        let is_less = lost_one(tx.scope(), &kept.unwrap_or_default());
        Ok(if is_less {
            Export { state: WorkState::Interrupted, expires_at: None, ..export }
        } else {
            export
        })
    };
    rows.into_iter().map(of).collect()
}

/// Whether somebody lost one of the role grants that a file of theirs was written under: what they see may be less than what they saw.
fn lost_one(scope: &Scope, grants: &[RoleGrantId]) -> bool {
    let lost = |grant: &RoleGrantId| !scope.held().iter().any(|held| held.grant == *grant);
    grants.iter().any(lost) && !mutant::active(Mutant::KeptExports)
}

/// A written file as somebody else's word lets it be.
fn reviewed(export: Export, review: &ExportReview, keep_seconds: i64) -> Export {
    let (state, expires_at) = match review.state {
        ReviewState::Waiting => (WorkState::InReview, Some(review.lapses_at)),
        ReviewState::Approved => {
            (WorkState::Succeeded, review.decided_at.map(|at| at.plus_seconds(keep_seconds)))
        }
        ReviewState::Declined => (WorkState::Declined, None),
        ReviewState::Lapsed => (WorkState::Interrupted, None),
    };
    Export { state, expires_at, review: Some(review.id), version: export.version + review.version, ..export }
}

/// When the account began to take files out since an instant, oldest first.
pub(super) async fn exports_since(
    tx: &Tx,
    account: AccountId,
    instant: Timestamp,
) -> Result<Vec<Timestamp>, StoreError> {
    use export::Column;
    let later = Column::AccountId.eq(account).and(Column::CreatedAt.gt(instant));
    let rows = tx.select::<export::Entity>().filter(later).all().await?;
    let mut times: Vec<Timestamp> = rows.into_iter().map(|row| row.created_at).collect();
    times.sort_unstable();
    Ok(times)
}

/// Says that a file is still worked on.
pub(super) async fn hear_export(tx: &Tx, id: ExportId) -> Result<(), StoreError> {
    let heard = tx.update::<export::Entity>().set(export::Column::HeardAt, Expr::val(tx.now()));
    heard.filter(export::Column::Id.eq(id)).run().await.map(drop)
}

/// Ends a file that goes out, and that nobody has ended.
pub(super) async fn end_export(
    tx: &Tx,
    id: ExportId,
    state: WorkState,
    rows: usize,
    bytes: u64,
) -> Result<(), StoreError> {
    use export::Column;
    let ended = tx
        .update::<export::Entity>()
        .set(Column::State, Expr::val(text(state)))
        .set(Column::RowCount, Expr::val(i64::try_from(rows).unwrap_or(i64::MAX)))
        .set(Column::ByteCount, Expr::val(i64::try_from(bytes).unwrap_or(i64::MAX)))
        .set(Column::HeardAt, Expr::val(tx.now()))
        .set(Column::FinishedAt, Expr::val(tx.now()))
        .set(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id).and(Column::State.eq(text(WorkState::Running))))
        .run()
        .await?;
    if ended == 1 { Ok(()) } else { Err(StoreError::Internal(format!("{id} has ended already"))) }
}

/// Adds a part to a file.
pub(super) async fn add_part(
    tx: &Tx,
    account: AccountId,
    export: ExportId,
    number: i32,
    bytes: &[u8],
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let id = tx.new_id();
    let bytes = tx.seal_bytes(BYTES, fengqiao_entity::id::ExportPartId::uuid(id), bytes)?;
    tx.insert(export_part::Model {
        tenant_id: tx.scope().tenant(),
        id,
        account_id: account,
        export_id: export,
        number,
        bytes,
        expires_at,
    })
    .await
}

/// A part of a file; none beyond its end, and none of one that was removed.
pub(super) async fn part(tx: &Tx, export: ExportId, number: i32) -> Result<Option<Vec<u8>>, StoreError> {
    use export_part::Column;
    let wanted =
        Column::ExportId.eq(export).and(Column::Number.eq(number)).and(Column::ExpiresAt.gt(tx.now()));
    let row = tx.select::<export_part::Entity>().filter(wanted).one().await?;
    row.map(|row| tx.unseal_bytes(BYTES, row.id.uuid(), &row.bytes)).transpose()
}
