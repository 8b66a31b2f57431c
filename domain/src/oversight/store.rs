//! The leaves that a tenant gave.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait};

use fengqiao_entity::oversight::oversight_grant::{Column, Entity, Model};

use crate::kernel::id::{OversightGrantId, Timestamp};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::oversight::model::{OversightGrant, state_at};
use crate::store::{Keyset, Select, StoreError, Tx, counted};

fn value(row: Model, now: Timestamp) -> OversightGrant {
    OversightGrant {
        id: row.id,
        account: row.account_id,
        role_grant: row.role_grant_id,
        unit: row.unit_id,
        home_tenant: row.home_tenant_id,
        home_account: row.home_account_id,
        home_code: row.home_code,
        home_login: row.home_login,
        reason: row.reason,
        since: row.since_at,
        until: row.until_at,
        created_at: row.created_at,
        created_by: row.created_by,
        revoked_at: row.revoked_at,
        revoked_by: row.revoked_by,
        state: state_at((row.since_at, row.until_at), row.revoked_at, now),
        version: row.version,
    }
}

/// Inserts one.
pub(super) async fn insert(tx: &Tx, new: &OversightGrant) -> Result<(), StoreError> {
    tx.insert(Model {
        tenant_id: tx.scope().tenant(),
        id: new.id,
        account_id: new.account,
        role_grant_id: new.role_grant,
        unit_id: new.unit,
        home_tenant_id: new.home_tenant,
        home_account_id: new.home_account,
        home_code: new.home_code.clone(),
        home_login: new.home_login.clone(),
        reason: new.reason.clone(),
        since_at: new.since,
        until_at: new.until,
        created_at: new.created_at,
        created_by: new.created_by,
        revoked_at: None,
        revoked_by: None,
        version: new.version,
    })
    .await
}

/// One of the tenant's.
pub(super) async fn by_id(tx: &Tx, id: OversightGrantId) -> Result<Option<OversightGrant>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::Id.eq(id)).one().await?;
    Ok(row.map(|row| value(row, tx.now())))
}

/// The same, kept from changing until the transaction ends.
pub(super) async fn held(tx: &Tx, id: OversightGrantId) -> Result<Option<OversightGrant>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::Id.eq(id)).lock().one().await?;
    Ok(row.map(|row| value(row, tx.now())))
}

/// Takes one back.
pub(super) async fn revoke(tx: &Tx, id: OversightGrantId) -> Result<(), StoreError> {
    tx.update::<Entity>()
        .set(Column::RevokedAt, Expr::val(tx.now()))
        .set(Column::RevokedBy, Expr::val(tx.scope().account()))
        .set(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id))
        .run()
        .await
        .map(drop)
}

fn matching(tx: &Tx, lasting: Option<bool>) -> Select<'_, Entity> {
    let rows = tx.select::<Entity>();
    let now = tx.now();
    match lasting {
        None => rows,
        Some(true) => rows.filter(Column::RevokedAt.is_null().and(Column::UntilAt.gt(now))),
        Some(false) => rows.filter(Column::RevokedAt.is_not_null().or(Column::UntilAt.lte(now))),
    }
}

/// How many there are: of those that count or will, of those that count no more, or of all.
pub(super) async fn count(tx: &Tx, lasting: Option<bool>) -> Result<u64, StoreError> {
    counted(matching(tx, lasting)).await
}

/// A page of the same, newest first.
pub(super) async fn page(
    tx: &Tx,
    lasting: Option<bool>,
    request: &PageRequest,
) -> Result<Page<OversightGrant>, StoreError> {
    let keyset = Keyset::<Entity> {
        column: Column::CreatedAt,
        id: Column::Id,
        descending: true,
        cursor: |row| Cursor::of(SortKey::Number(row.created_at.micros()), row.id.uuid()),
    };
    let page = keyset.page(matching(tx, lasting), request).await?;
    let now = tx.now();
    let rows = page.rows.into_iter().map(|(cursor, row)| (cursor, value(row, now))).collect();
    Ok(Page { rows, has_previous: page.has_previous, has_next: page.has_next })
}
