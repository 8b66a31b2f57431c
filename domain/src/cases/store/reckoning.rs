//! What is derived from a case's facts and kept in its row: due times, and by which calendar they were reckoned.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Order};

use fengqiao_entity::cases::case;

use crate::cases::model::Case;
use crate::cases::store;
use crate::kernel::id::{CaseId, Timestamp};
use crate::store::{StoreError, Tx, one_of};

/// Some cases whose due times were reckoned by another calendar than that of this mark, kept from changing until the
/// transaction ends; always in the same order, so that two who reckon do not wait for each other.
///
/// One that cannot be read is told with why.
pub(in crate::cases) async fn stale(
    tx: &Tx,
    mark: i64,
    limit: u64,
) -> Result<Vec<(CaseId, Result<Case, StoreError>)>, StoreError> {
    let column = || case::Column::ReckonedBy;
    let mut found = vec![];
    // Two ranges of the index, which knows no "other than": with both in one statement it is read from end to end.
    for range in [column().lt(mark), column().gt(mark)] {
        let left = limit.saturating_sub(u64::try_from(found.len()).unwrap_or(limit));
        if left == 0 {
            break;
        }
        // The index holds the cases of this condition; a bound 0 would be any number to whoever plans ahead.
        let indexed = Expr::col(column()).ne(Expr::cust("0"));
        let rows = tx.select::<case::Entity>().filter(indexed.and(range));
        let rows = rows.order_by(column(), Order::Asc).order_by(case::Column::Id, Order::Asc);
        found.extend(rows.limit(left).lock().all().await?);
    }
    Ok(found.into_iter().map(|row| (row.id, store::case(row))).collect())
}

/// Writes when a case is due, as it was reckoned anew. It is no act: the version stays.
pub(in crate::cases) async fn write(tx: &Tx, case: &Case) -> Result<(), StoreError> {
    tx.update::<case::Entity>()
        .set(case::Column::DueAt, Expr::val(case.due_at.map_or(store::NEVER, Timestamp::micros)))
        .set(case::Column::NextDueAt, Expr::val(case.next_due.map_or(store::NEVER, Timestamp::micros)))
        .set(case::Column::ReckonedBy, Expr::val(case.reckoned_by))
        .filter(case::Column::Id.eq(case.id))
        .run()
        .await
        .map(drop)
}

/// Notes that the due times of some cases are by this calendar as they were by another.
pub(in crate::cases) async fn confirm(tx: &Tx, cases: &[CaseId], mark: i64) -> Result<(), StoreError> {
    if cases.is_empty() {
        return Ok(());
    }
    tx.update::<case::Entity>()
        .set(case::Column::ReckonedBy, Expr::val(mark))
        .filter(one_of(case::Column::Id.into_expr(), cases.iter().copied()))
        .run()
        .await
        .map(drop)
}
