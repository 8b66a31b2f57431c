//! How often an account read somebody whole.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::ExprTrait;

use fengqiao_entity::personal::reveal::{Column, Entity, Model};

use crate::kernel::id::{AccountId, Timestamp};
use crate::store::{StoreError, Tx};

/// When the account read somebody since an instant, oldest first.
pub(super) async fn since(
    tx: &Tx,
    account: AccountId,
    instant: Timestamp,
) -> Result<Vec<Timestamp>, StoreError> {
    let later = Column::AccountId.eq(account).and(Column::RevealedAt.gt(instant));
    let rows = tx.select::<Entity>().filter(later).all().await?;
    let mut times: Vec<Timestamp> = rows.into_iter().map(|row| row.revealed_at).collect();
    times.sort_unstable();
    Ok(times)
}

/// Writes down that it does so now.
pub(super) async fn insert(tx: &Tx, account: AccountId) -> Result<(), StoreError> {
    let (tenant_id, id) = (tx.scope().tenant(), tx.new_id());
    tx.insert(Model { tenant_id, id, account_id: account, revealed_at: tx.now() }).await
}
