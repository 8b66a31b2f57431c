//! Tokens by which providers are asked, and who fetches the next one.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait};
use zeroize::Zeroizing;

use fengqiao_entity::federation::token::{Column, Entity, Model};

use crate::federation::doors::FreshToken;
use crate::kernel::id::{IdentityProviderId, Timestamp};
use crate::store::{Personal, StoreError, Tx};

const TOKEN: Personal = Personal { table: "provider_tokens", column: "token" };

/// A token as it is kept.
#[derive(Clone)]
pub(in crate::federation) struct KeptToken {
    /// The token; none before the first.
    pub(in crate::federation) token: Option<Zeroizing<String>>,
    /// From when on it counts no more.
    pub(in crate::federation) expires_at: Timestamp,
    /// Until when one process fetches the next one.
    pub(in crate::federation) lease_until: Timestamp,
    /// When one was forced last.
    pub(in crate::federation) forced_at: Timestamp,
    /// On which day.
    pub(in crate::federation) forced_day: i64,
    /// How often on that day.
    pub(in crate::federation) forced_count: i32,
}

fn value(tx: &Tx, row: &Model) -> Result<KeptToken, StoreError> {
    let opened = row.token.as_ref().map(|sealed| tx.unseal(TOKEN, row.provider_id.uuid(), sealed));
    Ok(KeptToken {
        token: opened.transpose()?.map(Zeroizing::new),
        expires_at: row.expires_at,
        lease_until: row.lease_until_at,
        forced_at: row.forced_at,
        forced_day: row.forced_day,
        forced_count: row.forced_count,
    })
}

/// The token of a provider, if there ever was one.
pub(in crate::federation) async fn kept(
    tx: &Tx,
    provider: IdentityProviderId,
) -> Result<Option<KeptToken>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::ProviderId.eq(provider)).one().await?;
    row.map(|row| value(tx, &row)).transpose()
}

/// The same, held until the transaction ends.
pub(in crate::federation) async fn held(
    tx: &Tx,
    provider: IdentityProviderId,
) -> Result<Option<KeptToken>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::ProviderId.eq(provider)).lock().one().await?;
    row.map(|row| value(tx, &row)).transpose()
}

/// Makes the row of a provider that has none, with no token in it.
pub(in crate::federation) async fn begin(tx: &Tx, provider: IdentityProviderId) -> Result<(), StoreError> {
    let never = Timestamp(0);
    tx.insert(Model {
        tenant_id: tx.scope().tenant(),
        provider_id: provider,
        token: None,
        expires_at: never,
        lease_until_at: never,
        forced_at: never,
        forced_day: 0,
        forced_count: 0,
    })
    .await
}

/// Writes down who fetches, and what was forced.
pub(in crate::federation) async fn lease(
    tx: &Tx,
    provider: IdentityProviderId,
    kept: &KeptToken,
) -> Result<(), StoreError> {
    tx.update::<Entity>()
        .set(Column::LeaseUntilAt, Expr::val(kept.lease_until))
        .set(Column::ForcedAt, Expr::val(kept.forced_at))
        .set(Column::ForcedDay, Expr::val(kept.forced_day))
        .set(Column::ForcedCount, Expr::val(kept.forced_count))
        .filter(Column::ProviderId.eq(provider))
        .run()
        .await
        .map(drop)
}

/// Lets the lease go that lasts until this instant, with what was fetched if anything was; nobody asks again before `next`. Where another process has fetched since, because this one
/// took too long, what it fetched stays.
pub(in crate::federation) async fn end_lease(
    tx: &Tx,
    (provider, until, next): (IdentityProviderId, Timestamp, Timestamp),
    fresh: Option<&FreshToken>,
) -> Result<(), StoreError> {
    let mut row = tx.update::<Entity>().set(Column::LeaseUntilAt, Expr::val(next));
    if let Some(fresh) = fresh {
        row = row
            .set(Column::Token, Expr::val(tx.seal(TOKEN, provider.uuid(), &fresh.token)?))
            .set(Column::ExpiresAt, Expr::val(tx.now().plus_seconds(fresh.seconds)));
    }
    let own = Column::ProviderId.eq(provider).and(Column::LeaseUntilAt.eq(until));
    row.filter(own).run().await.map(drop)
}
