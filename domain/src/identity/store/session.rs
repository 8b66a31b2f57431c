//! Sessions and refresh tokens.

use std::collections::HashMap;

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait};

use fengqiao_entity::identity::{account, refresh_token as token, session as sessions};

use crate::identity::model::OpenSession;
use crate::kernel::id::{SessionId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::store::{Keyset, Select, StoreError, Tx, counted, one_of};

/// Sessions that one statement ends.
const MOST_AT_ONCE: usize = 1_000;

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

/// The sessions of the caller that nobody ended; they may have lapsed.
fn unended<'a>(tx: &'a Tx, of: &account::Model) -> Select<'a, sessions::Entity> {
    use sessions::Column;
    let untouched = Column::RevokedAt.is_null().and(Column::CreatedAt.gt(of.sessions_from));
    tx.select::<sessions::Entity>().filter(Column::AccountId.eq(of.id)).filter(untouched)
}

/// The sessions of the caller that have not ended.
fn open<'a>(tx: &'a Tx, of: &account::Model) -> Select<'a, sessions::Entity> {
    unended(tx, of).filter(sessions::Column::ExpiresAt.gt(tx.now()))
}

/// How many sessions of the caller have not ended.
pub(crate) async fn open_sessions_count(tx: &Tx, of: &account::Model) -> Result<u64, StoreError> {
    counted(open(tx, of)).await
}

/// The sessions of the caller that have not ended, newest first.
pub(crate) async fn open_sessions_page(
    tx: &Tx,
    of: &account::Model,
    request: &PageRequest,
) -> Result<Page<OpenSession>, StoreError> {
    let keyset = Keyset::<sessions::Entity> {
        column: sessions::Column::CreatedAt,
        id: sessions::Column::Id,
        descending: true,
        cursor: |row| Cursor::of(SortKey::Number(row.created_at.micros()), row.id.uuid()),
    };
    let page = keyset.page(open(tx, of), request).await?;
    let refreshed = last_issued(tx, page.rows.iter().map(|(_, row)| row.id)).await?;
    let current = tx.scope().session();
    let value = |row: sessions::Model| OpenSession {
        id: row.id,
        created_at: row.created_at,
        expires_at: row.expires_at,
        refreshed_at: refreshed.get(&row.id).copied().unwrap_or(row.created_at),
        current: current == Some(row.id),
    };
    let rows = page.rows.into_iter().map(|(cursor, row)| (cursor, value(row))).collect();
    Ok(Page { rows, has_previous: page.has_previous, has_next: page.has_next })
}

/// When the last pair of tokens of each session was issued: a session has one token that was not used.
async fn last_issued(
    tx: &Tx,
    of: impl Iterator<Item = SessionId>,
) -> Result<HashMap<SessionId, Timestamp>, StoreError> {
    let unused = one_of(Expr::col(token::Column::SessionId), of).and(token::Column::UsedAt.is_null());
    let rows = tx.select::<token::Entity>().filter(unused).all().await?;
    Ok(rows.into_iter().map(|row| (row.session_id, row.issued_at)).collect())
}

/// Ends the caller's sessions, but for one that goes on: those that nobody had ended. One that lapsed ends too, or its device would stay
/// known.
pub(crate) async fn end_sessions(
    tx: &Tx,
    of: &account::Model,
    kept: Option<SessionId>,
) -> Result<Vec<SessionId>, StoreError> {
    let others = if mutant::active(Mutant::LapsedKept) { open(tx, of) } else { unended(tx, of) };
    let others = others.lock().all().await?.into_iter().map(|row| row.id);
    let ended: Vec<SessionId> = others.filter(|id| Some(*id) != kept).collect();
    for some in ended.chunks(MOST_AT_ONCE) {
        let named = one_of(Expr::col(sessions::Column::Id), some.iter().copied());
        let rows = tx.update::<sessions::Entity>();
        rows.set(sessions::Column::RevokedAt, Expr::val(tx.now())).filter(named).run().await?;
    }
    Ok(ended)
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
