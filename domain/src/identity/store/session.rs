//! Sessions and refresh tokens.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait};

use fengqiao_entity::identity::{refresh_token as token, session as sessions};

use crate::kernel::id::{SessionId, Timestamp};
use crate::store::{StoreError, Tx};

/// A session of the caller.
pub(crate) async fn session(tx: &Tx, id: SessionId) -> Result<Option<sessions::Model>, StoreError> {
    tx.select::<sessions::Entity>().filter(sessions::Column::Id.eq(id)).one().await
}

/// A session of the caller, held until the transaction ends: its tokens change one at a time.
pub(crate) async fn session_for_update(
    tx: &Tx,
    id: SessionId,
) -> Result<Option<sessions::Model>, StoreError> {
    tx.select::<sessions::Entity>().filter(sessions::Column::Id.eq(id)).lock().one().await
}

/// Ends a session: whether it was open.
pub(crate) async fn end_session(tx: &Tx, id: SessionId, now: Timestamp) -> Result<bool, StoreError> {
    let open = sessions::Column::Id.eq(id).and(sessions::Column::RevokedAt.is_null());
    let changed = tx
        .update::<sessions::Entity>()
        .set(sessions::Column::RevokedAt, Expr::val(now))
        .filter(open)
        .run()
        .await?;
    Ok(changed == 1)
}

/// A refresh token of the caller by its hash.
pub(crate) async fn refresh_token(tx: &Tx, hash: &[u8]) -> Result<Option<token::Model>, StoreError> {
    tx.select::<token::Entity>().filter(token::Column::TokenHash.eq(hash.to_vec())).one().await
}

/// Uses a token up in favour of its successor.
pub(crate) async fn use_refresh(
    tx: &Tx,
    hash: &[u8],
    successor: &[u8],
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.update::<token::Entity>()
        .set(token::Column::UsedAt, Expr::val(now))
        .set(token::Column::SuccessorHash, Expr::val(successor.to_vec()))
        .filter(token::Column::TokenHash.eq(hash.to_vec()))
        .run()
        .await
        .map(drop)
}

/// Gives a used token a second successor.
pub(crate) async fn repeat_refresh(
    tx: &Tx,
    hash: &[u8],
    successor: &[u8],
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.update::<token::Entity>()
        .set(token::Column::RepeatedAt, Expr::val(now))
        .set(token::Column::SuccessorHash, Expr::val(successor.to_vec()))
        .filter(token::Column::TokenHash.eq(hash.to_vec()))
        .run()
        .await
        .map(drop)
}

/// Puts a token out of use without a successor.
pub(crate) async fn retire_refresh(tx: &Tx, hash: &[u8], now: Timestamp) -> Result<(), StoreError> {
    tx.update::<token::Entity>()
        .set(token::Column::UsedAt, Expr::val(now))
        .filter(token::Column::TokenHash.eq(hash.to_vec()))
        .run()
        .await
        .map(drop)
}
