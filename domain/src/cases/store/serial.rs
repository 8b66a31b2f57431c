//! Takes case serials: one per tenant and year, never given twice.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::Expr;

use fengqiao_entity::kernel::serial;

use crate::store::{StoreError, Tx};

/// Takes the next `count` serials under a name: the first of them. The counter stays locked until the
/// transaction ends, so that a report that fails leaves no gap.
pub(in crate::cases) async fn take(tx: &Tx, name: &str, count: i64) -> Result<i64, StoreError> {
    let named = || serial::Column::Name.eq(name);
    let present = tx.select::<serial::Entity>().filter(named()).lock().one().await?;
    let Some(present) = present else {
        let row = serial::Model { tenant_id: tx.scope().tenant(), name: name.to_owned(), last: count };
        // The first two reports of a year at once: the second waits for the first, and may try again.
        tx.insert(row).await.map_err(|error| match error {
            StoreError::Conflict { constraint } => StoreError::Busy(constraint),
            other => other,
        })?;
        return Ok(1);
    };
    tx.update::<serial::Entity>()
        .set(serial::Column::Last, Expr::val(present.last + count))
        .filter(named())
        .run()
        .await?;
    Ok(present.last + 1)
}
