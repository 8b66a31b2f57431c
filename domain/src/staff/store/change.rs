//! The change log of the force: rows are only added.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::Expr;

use fengqiao_entity::staff::staff_change;

use crate::kernel::id::{AccountId, StaffMemberId, Timestamp};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::staff::model::StaffChange;
use crate::staff::store::{parsed, text};
use crate::store::{Keyset, Select, StoreError, Tx, counted};

/// A line as a row; the tenant is stamped on insert.
pub(crate) fn change_row(tx: &Tx, change: &StaffChange) -> staff_change::Model {
    staff_change::Model {
        tenant_id: tx.scope().tenant(),
        id: change.id,
        at: change.at,
        changed_by: change.by,
        staff_member_id: change.member,
        account_id: change.account,
        kind: text(change.kind),
        appointment_id: change.appointment,
        team_id: change.team,
        fields: change.fields.join(";"),
    }
}

fn value(row: &staff_change::Model) -> Result<StaffChange, StoreError> {
    let fields = row.fields.split(';').filter(|field| !field.is_empty());
    Ok(StaffChange {
        id: row.id,
        at: row.at,
        by: row.changed_by,
        member: row.staff_member_id,
        account: row.account_id,
        kind: parsed("staff_changes", "kind", &row.kind)?,
        appointment: row.appointment_id,
        team: row.team_id,
        fields: fields.map(str::to_owned).collect(),
    })
}

/// Notes whose account the lines about somebody are.
pub(super) async fn relink(
    tx: &Tx,
    member: StaffMemberId,
    account: Option<AccountId>,
) -> Result<(), StoreError> {
    tx.update::<staff_change::Entity>()
        .set(staff_change::Column::AccountId, Expr::val(account.map(AccountId::uuid)))
        .filter(staff_change::Column::StaffMemberId.eq(member))
        .run()
        .await
        .map(drop)
}

/// Which lines a page shows.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChangePage {
    pub(crate) member: Option<StaffMemberId>,
    /// Half-open: from the first instant on, before the second.
    pub(crate) from: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
}

fn matching<'a>(tx: &'a Tx, wanted: &ChangePage) -> Select<'a, staff_change::Entity> {
    use staff_change::Column;
    let mut rows = tx.select::<staff_change::Entity>();
    if let Some(member) = wanted.member {
        rows = rows.filter(Column::StaffMemberId.eq(member));
    }
    if let Some(from) = wanted.from {
        rows = rows.filter(Column::At.gte(from));
    }
    if let Some(until) = wanted.until {
        rows = rows.filter(Column::At.lt(until));
    }
    rows
}

/// How many lines there are.
pub(crate) async fn changes_count(tx: &Tx, wanted: &ChangePage) -> Result<u64, StoreError> {
    counted(matching(tx, wanted)).await
}

/// A page of lines, newest first.
pub(crate) async fn changes_page(
    tx: &Tx,
    wanted: &ChangePage,
    request: &PageRequest,
) -> Result<Page<StaffChange>, StoreError> {
    let keyset = Keyset::<staff_change::Entity> {
        column: staff_change::Column::At,
        id: staff_change::Column::Id,
        descending: true,
        cursor: |row| Cursor::of(SortKey::Number(row.at.micros()), row.id.uuid()),
    };
    keyset.page(matching(tx, wanted), request).await?.try_map(|row| value(&row))
}
