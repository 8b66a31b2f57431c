//! Rows of the audit trail to values.

use std::collections::HashMap;

use sea_orm::ColumnTrait as _;

use fengqiao_entity::kernel::audit_entry::{Column, Entity, Model};
use fengqiao_entity::kernel::audit_seal;

use crate::audit::model::{AuditEntry, AuditFilter, AuditSeal};
use crate::kernel::chain::Link;
use crate::kernel::id::{AccountId, AuditId};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::store::{Keyset, Select, StoreError, Tx, counted, one_of};

const SEALS: &str = "audit_seals";
/// What an entry says that is about something somebody may not have.
pub(super) const REFUSED: &str = "access.refuse";

/// An entry that the caller sees.
pub(super) async fn by_id(tx: &Tx, id: AuditId) -> Result<Option<AuditEntry>, StoreError> {
    let Some(row) = tx.select::<Entity>().filter(Column::Id.eq(id)).one().await? else { return Ok(None) };
    let seals = seals(tx, [id]).await?;
    Ok(Some(value(row, &seals)))
}

/// A page of the entries that the caller sees, newest first.
pub(super) async fn page(
    tx: &Tx,
    filter: &AuditFilter,
    request: &PageRequest,
) -> Result<Page<AuditEntry>, StoreError> {
    let keyset = Keyset {
        column: Column::At,
        id: Column::Id,
        descending: true,
        cursor: |row: &Model| Cursor::of(SortKey::Number(row.at.micros()), row.id.uuid()),
    };
    let page = keyset.page(rows(tx, filter), request).await?;
    let seals = seals(tx, page.rows.iter().map(|(_, row)| row.id)).await?;
    page.try_map(|row| Ok(value(row, &seals)))
}

/// Whether an account did anything that is in the trail.
pub(super) async fn knows_account(tx: &Tx, account: AccountId) -> Result<bool, StoreError> {
    let found = tx.select::<Entity>().filter(Column::AccountId.eq(account));
    Ok(found.one().await?.is_some())
}

/// Whether anything was done to what has this id.
pub(super) async fn knows_target(tx: &Tx, target: &str) -> Result<bool, StoreError> {
    let found = tx.select::<Entity>().filter(Column::Target.eq(target)).filter(Column::Action.ne(REFUSED));
    Ok(found.one().await?.is_some())
}

/// How many there are.
pub(super) async fn count(tx: &Tx, filter: &AuditFilter) -> Result<u64, StoreError> {
    counted(rows(tx, filter)).await
}

fn rows<'a>(tx: &'a Tx, filter: &AuditFilter) -> Select<'a, Entity> {
    let mut rows = tx.select::<Entity>();
    if let Some(action) = &filter.action {
        rows = rows.filter(Column::Action.eq(action.as_str()));
    }
    if let Some(target) = &filter.target {
        rows = rows.filter(Column::Target.eq(target.as_str()));
    }
    if let Some(account) = filter.account {
        rows = rows.filter(Column::AccountId.eq(account));
    }
    if let Some(from) = filter.from {
        rows = rows.filter(Column::At.gte(from));
    }
    if let Some(until) = filter.until {
        rows = rows.filter(Column::At.lt(until));
    }
    rows
}

async fn seals(
    tx: &Tx,
    entries: impl IntoIterator<Item = AuditId>,
) -> Result<HashMap<AuditId, AuditSeal>, StoreError> {
    let of = one_of(audit_seal::Column::EntryId.into_expr(), entries);
    let rows = tx.select::<audit_seal::Entity>().filter(of).all().await?;
    let seal = |row: audit_seal::Model| {
        let hash = Link::try_from(row.hash);
        let hash = hash.map_err(|bytes| StoreError::corrupt(SEALS, "hash", hex::encode(bytes)))?;
        Ok((row.entry_id, AuditSeal { sequence: row.sequence, hash, at: row.sealed_at }))
    };
    rows.into_iter().map(seal).collect()
}

fn value(row: Model, seals: &HashMap<AuditId, AuditSeal>) -> AuditEntry {
    AuditEntry {
        seal: seals.get(&row.id).copied(),
        id: row.id,
        at: row.at,
        account: row.account_id,
        action: row.action,
        target: row.target,
        request_id: row.request_id,
        detail: row.detail,
    }
}
