//! External identities: rows of their account, which nobody else's scope reaches.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait};

use fengqiao_entity::identity::external_identity::{Column, Entity, Model};
use fengqiao_entity::value::BlindIndex;

use crate::identity::external::ExternalIdentity;
use crate::kernel::id::{AccountId, ExternalIdentityId};
use crate::kernel::mutant::{self, Mutant};
use crate::store::{Personal, StoreError, Tx};

const TABLE: &str = "external_identities";
const SUBJECT: Personal = Personal { table: TABLE, column: "subject" };

fn value(row: &Model) -> ExternalIdentity {
    ExternalIdentity {
        id: row.id,
        account: row.account_id,
        provider: row.provider_id,
        created_at: row.created_at,
        used_at: row.used_at,
    }
}

/// Inserts one.
pub(crate) async fn insert_external(
    tx: &Tx,
    new: &ExternalIdentity,
    subject: &str,
) -> Result<(), StoreError> {
    tx.insert(Model {
        tenant_id: tx.scope().tenant(),
        id: new.id,
        account_id: new.account,
        provider_id: new.provider,
        subject: tx.seal(SUBJECT, new.id.uuid(), subject)?,
        subject_blind: tx.blind(SUBJECT, subject)?,
        live_slot: Some(1),
        created_at: new.created_at,
        used_at: new.used_at,
        removed_at: None,
    })
    .await
}

/// The blind indexes under which somebody may be kept: one for each key in use.
pub(crate) fn subject_blinds(tx: &Tx, subject: &str) -> Result<Vec<BlindIndex>, StoreError> {
    tx.blinds(SUBJECT, subject)
}

/// One of the account's own, if it counts.
pub(crate) async fn live_external(
    tx: &Tx,
    id: ExternalIdentityId,
) -> Result<Option<ExternalIdentity>, StoreError> {
    let live = Column::Id.eq(id).and(Column::LiveSlot.eq(1));
    Ok(tx.select::<Entity>().filter(live).one().await?.as_ref().map(value))
}

/// Those of an account that count, oldest first.
pub(crate) async fn live_externals(tx: &Tx, account: AccountId) -> Result<Vec<ExternalIdentity>, StoreError> {
    let live = Column::AccountId.eq(account).and(Column::LiveSlot.eq(1));
    let mut rows = tx.select::<Entity>().filter(live).all().await?;
    rows.sort_by_key(|row| (row.created_at, row.id));
    Ok(rows.iter().map(value).collect())
}

/// Writes down that somebody signs in by one now.
pub(crate) async fn note_external_use(tx: &Tx, id: ExternalIdentityId) -> Result<(), StoreError> {
    let row = tx.update::<Entity>().set(Column::UsedAt, Expr::val(tx.now()));
    row.filter(Column::Id.eq(id)).run().await.map(drop)
}

/// Takes one away: whether it counted.
pub(crate) async fn end_external(tx: &Tx, id: ExternalIdentityId) -> Result<bool, StoreError> {
    Ok(ended(tx).filter(Column::Id.eq(id).and(Column::LiveSlot.eq(1))).run().await? == 1)
}

/// Takes all of an account away: what ends its password, or every way in, ends them.
pub(crate) async fn end_externals(tx: &Tx, account: AccountId) -> Result<(), StoreError> {
    if mutant::active(Mutant::LinksOutlive) {
        return Ok(());
    }
    ended(tx).filter(Column::AccountId.eq(account).and(Column::LiveSlot.eq(1))).run().await.map(drop)
}

fn ended(tx: &Tx) -> crate::store::Update<'_, Entity> {
    tx.update::<Entity>()
        .set(Column::LiveSlot, Expr::val(None::<i32>))
        .set(Column::RemovedAt, Expr::val(tx.now()))
}
