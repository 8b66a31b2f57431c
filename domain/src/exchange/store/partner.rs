//! Partners and their secrets.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait};

use fengqiao_entity::exchange::partner::{Column, Entity, Model};

use crate::exchange::model::Partner;
use crate::kernel::id::{AccountId, ExchangePartnerId, Timestamp};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::kernel::signature::Secret;
use crate::store::{Kept, Keyset, Personal, Rotating, StoreError, Tx, counted};

const TABLE: &str = "exchange_partners";
const SECRET: Personal = Personal { table: TABLE, column: "secret" };
const SECRETS: Rotating = Rotating { secret: SECRET, old: Personal { table: TABLE, column: "old_secret" } };

fn value(row: &Model) -> Result<Partner, StoreError> {
    let bad = |column, text: &str| StoreError::corrupt(TABLE, column, text);
    Ok(Partner {
        id: row.id,
        account: row.account_id,
        key: row.key.clone(),
        name: row.name.clone(),
        door: row.door.parse().map_err(|_| bad("door", &row.door))?,
        source: row.case_source.parse().map_err(|_| bad("case_source", &row.case_source))?,
        mapping: serde_json::from_str(&row.mapping).map_err(|_| bad("mapping", &row.mapping))?,
        webhook: row.webhook_id,
        disabled_at: row.disabled_at,
        old_secret_until: row.old_secret_until_at,
        created_at: row.created_at,
        version: row.version,
    })
}

fn text(value: impl Into<&'static str>) -> String {
    value.into().to_owned()
}

fn written(partner: &Partner) -> Result<String, StoreError> {
    serde_json::to_string(&partner.mapping).map_err(|error| StoreError::Internal(error.to_string()))
}

/// Inserts a partner with its secret.
pub(in crate::exchange) async fn insert(tx: &Tx, new: &Partner, secret: &Secret) -> Result<(), StoreError> {
    tx.insert(Model {
        tenant_id: tx.scope().tenant(),
        id: new.id,
        account_id: new.account,
        key: new.key.clone(),
        name: new.name.clone(),
        door: text(new.door),
        case_source: text(new.source),
        mapping: written(new)?,
        webhook_id: new.webhook,
        secret: tx.seal_bytes(SECRET, new.id.uuid(), secret.bytes())?,
        old_secret: None,
        old_secret_until_at: None,
        disabled_at: None,
        created_at: new.created_at,
        version: new.version,
    })
    .await
}

/// A partner that the caller sees.
pub(in crate::exchange) async fn by_id(
    tx: &Tx,
    id: ExchangePartnerId,
) -> Result<Option<Partner>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::Id.eq(id)).one().await?;
    row.as_ref().map(value).transpose()
}

/// The same, kept from changing until the transaction ends.
pub(in crate::exchange) async fn held_by_id(
    tx: &Tx,
    id: ExchangePartnerId,
) -> Result<Option<Partner>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::Id.eq(id)).lock().one().await?;
    row.as_ref().map(value).transpose()
}

/// How many an account has, counted to a limit.
pub(in crate::exchange) async fn owned(tx: &Tx, account: AccountId, limit: u64) -> Result<u64, StoreError> {
    tx.select::<Entity>().filter(Column::AccountId.eq(account)).count_to(limit).await
}

/// Writes what may be changed, if its version is still `expected`: whether it was.
pub(in crate::exchange) async fn update(
    tx: &Tx,
    changed: &Partner,
    expected: i64,
) -> Result<bool, StoreError> {
    let rows = tx
        .update::<Entity>()
        .set(Column::Name, Expr::val(changed.name.clone()))
        .set(Column::Mapping, Expr::val(written(changed)?))
        .set(Column::WebhookId, Expr::val(changed.webhook))
        .set(Column::DisabledAt, Expr::val(changed.disabled_at))
        .set(Column::Version, Expr::val(changed.version))
        .filter(Column::Id.eq(changed.id).and(Column::Version.eq(expected)))
        .run()
        .await?;
    Ok(rows == 1)
}

/// Gives a partner another secret; the one of before counts too until an instant.
pub(in crate::exchange) async fn rotate(
    tx: &Tx,
    id: ExchangePartnerId,
    (secret, old_until): (&Secret, Timestamp),
) -> Result<(), StoreError> {
    let row = tx.select::<Entity>().filter(Column::Id.eq(id)).lock().one().await?;
    let Some(row) = row else { return Ok(()) };
    let replaced = SECRETS.replace(tx, id.uuid(), (&row.secret, secret.bytes()))?;
    tx.update::<Entity>()
        .set(Column::Secret, Expr::val(replaced.secret))
        .set(Column::OldSecret, Expr::val(replaced.old))
        .set(Column::OldSecretUntilAt, Expr::val(old_until))
        .set(Column::Version, Expr::val(row.version + 1))
        .filter(Column::Id.eq(id))
        .run()
        .await
        .map(drop)
}

/// What counts now: the secret, and the one of before until its time is over.
pub(in crate::exchange) async fn secrets(tx: &Tx, id: ExchangePartnerId) -> Result<Vec<Secret>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::Id.eq(id)).one().await?;
    let Some(row) = row else { return Ok(vec![]) };
    let kept = Kept { secret: &row.secret, old: row.old_secret.as_ref(), old_until: row.old_secret_until_at };
    Ok(SECRETS.live(tx, id.uuid(), &kept)?.into_iter().map(Secret::of).collect())
}

/// A page of the partners that the caller sees, newest first.
pub(in crate::exchange) async fn page(tx: &Tx, request: &PageRequest) -> Result<Page<Partner>, StoreError> {
    let keyset = Keyset {
        column: Column::CreatedAt,
        id: Column::Id,
        descending: true,
        cursor: |row: &Model| Cursor::of(SortKey::Number(row.created_at.micros()), row.id.uuid()),
    };
    keyset.page(tx.select::<Entity>(), request).await?.try_map(|row| value(&row))
}

/// How many they are.
pub(in crate::exchange) async fn count(tx: &Tx) -> Result<u64, StoreError> {
    counted(tx.select::<Entity>()).await
}
