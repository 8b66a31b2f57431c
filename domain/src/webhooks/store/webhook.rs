//! Webhooks and their secrets.

use std::collections::HashMap;

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait};
use uuid::Uuid;

use fengqiao_entity::webhooks::webhook::{Column, Entity, Model};

use crate::kernel::id::{AccountId, CategoryId, Timestamp, WebhookId};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::kernel::signature::Secret;
use crate::store::{Kept, Keyset, Personal, Rotating, StoreError, Tx, counted};
use crate::webhooks::model::{DisabledReason, Webhook, WebhookContent, WebhookState};
use crate::webhooks::store::{listed, read_list};

const TABLE: &str = "webhooks";
const SECRET: Personal = Personal { table: TABLE, column: "secret" };
const SECRETS: Rotating = Rotating { secret: SECRET, old: Personal { table: TABLE, column: "old_secret" } };

fn value(row: &Model) -> Result<Webhook, StoreError> {
    let bad = |column, text: &str| StoreError::corrupt(TABLE, column, text);
    let reason = row.disabled_reason.as_deref();
    let reason: Option<DisabledReason> = match reason {
        Some(text) => Some(text.parse().map_err(|_| bad("disabled_reason", text))?),
        None => None,
    };
    let categories: Vec<Uuid> = read_list(TABLE, "category_ids", &row.category_ids)?;
    Ok(Webhook {
        id: row.id,
        account: row.account_id,
        name: row.name.clone(),
        url: row.url.clone(),
        event_types: read_list(TABLE, "event_types", &row.event_types)?,
        categories: categories.into_iter().map(CategoryId::from_uuid).collect(),
        unit: row.unit_id,
        content: row.content.parse().map_err(|_| bad("content", &row.content))?,
        external_source: row.external_source.clone(),
        state: row.state.parse().map_err(|_| bad("state", &row.state))?,
        disabled: reason.zip(row.disabled_at),
        old_secret_until: row.old_secret_until_at,
        position: row.position,
        missed_events: u64::try_from(row.missed_events).unwrap_or_default(),
        failing_since: row.failing_since_at,
        created_at: row.created_at,
        version: row.version,
    })
}

fn text(value: impl Into<&'static str>) -> String {
    value.into().to_owned()
}

fn bare(categories: &[CategoryId]) -> Vec<Uuid> {
    categories.iter().map(|id| id.uuid()).collect()
}

/// Inserts a webhook that is enabled, with its secret.
pub(in crate::webhooks) async fn insert(tx: &Tx, new: &Webhook, secret: &Secret) -> Result<(), StoreError> {
    tx.insert(Model {
        tenant_id: tx.scope().tenant(),
        id: new.id,
        account_id: new.account,
        name: new.name.clone(),
        url: new.url.clone(),
        event_types: listed(&new.event_types)?,
        category_ids: listed(&bare(&new.categories))?,
        unit_id: new.unit,
        content: text(new.content),
        external_source: new.external_source.clone(),
        secret: tx.seal_bytes(SECRET, new.id.uuid(), secret.bytes())?,
        old_secret: None,
        old_secret_until_at: None,
        state: text(new.state),
        disabled_reason: None,
        disabled_at: None,
        position: new.position,
        missed_events: 0,
        failing_since_at: None,
        created_at: new.created_at,
        version: new.version,
    })
    .await
}

/// A webhook that the caller sees.
pub(in crate::webhooks) async fn by_id(tx: &Tx, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::Id.eq(id)).one().await?;
    row.as_ref().map(value).transpose()
}

/// The same, kept from changing until the transaction ends.
pub(in crate::webhooks) async fn held_by_id(tx: &Tx, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::Id.eq(id)).lock().one().await?;
    row.as_ref().map(value).transpose()
}

/// How many an account has, counted to a limit.
pub(in crate::webhooks) async fn owned(tx: &Tx, account: AccountId, limit: u64) -> Result<u64, StoreError> {
    tx.select::<Entity>().filter(Column::AccountId.eq(account)).count_to(limit).await
}

/// Writes what its owner may change, if its version is still `expected`: whether it was.
pub(in crate::webhooks) async fn update(
    tx: &Tx,
    changed: &Webhook,
    expected: i64,
) -> Result<bool, StoreError> {
    let rows = tx
        .update::<Entity>()
        .set(Column::Name, Expr::val(changed.name.clone()))
        .set(Column::Url, Expr::val(changed.url.clone()))
        .set(Column::EventTypes, Expr::val(listed(&changed.event_types)?))
        .set(Column::CategoryIds, Expr::val(listed(&bare(&changed.categories))?))
        .set(Column::UnitId, Expr::val(changed.unit))
        .set(Column::Content, Expr::val(text(changed.content)))
        .set(Column::ExternalSource, Expr::val(changed.external_source.clone()))
        .set(Column::Version, Expr::val(changed.version))
        .filter(Column::Id.eq(changed.id).and(Column::Version.eq(expected)))
        .run()
        .await?;
    Ok(rows == 1)
}

/// Disables one that is enabled: whether it was.
pub(in crate::webhooks) async fn disable(
    tx: &Tx,
    id: WebhookId,
    reason: DisabledReason,
) -> Result<bool, StoreError> {
    let rows = tx
        .update::<Entity>()
        .set(Column::State, Expr::val(text(WebhookState::Disabled)))
        .set(Column::DisabledReason, Expr::val(text(reason)))
        .set(Column::DisabledAt, Expr::val(tx.now()))
        .set(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id).and(Column::State.eq(text(WebhookState::Enabled))))
        .run()
        .await?;
    Ok(rows == 1)
}

/// Enables one that is disabled; what failed before does not count any more.
pub(in crate::webhooks) async fn enable(tx: &Tx, id: WebhookId) -> Result<bool, StoreError> {
    let rows = tx
        .update::<Entity>()
        .set(Column::State, Expr::val(text(WebhookState::Enabled)))
        .set(Column::DisabledReason, Expr::val(None::<String>))
        .set(Column::DisabledAt, Expr::val(None::<i64>))
        .set(Column::FailingSinceAt, Expr::val(None::<i64>))
        .set(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(id).and(Column::State.eq(text(WebhookState::Disabled))))
        .run()
        .await?;
    Ok(rows == 1)
}

/// Up to which event it looked, how many of those were no longer kept.
pub(in crate::webhooks) async fn move_on(
    tx: &Tx,
    id: WebhookId,
    position: i64,
    missed: i64,
) -> Result<(), StoreError> {
    let rows = tx.update::<Entity>().set(Column::Position, Expr::val(position));
    let rows = rows.set(Column::MissedEvents, Expr::col(Column::MissedEvents).add(missed));
    rows.filter(Column::Id.eq(id)).run().await.map(drop)
}

/// An attempt failed: since when every one does.
pub(in crate::webhooks) async fn failing(tx: &Tx, id: WebhookId) -> Result<Option<Timestamp>, StoreError> {
    let first = Column::Id.eq(id).and(Column::FailingSinceAt.is_null());
    tx.update::<Entity>().set(Column::FailingSinceAt, Expr::val(tx.now())).filter(first).run().await?;
    Ok(by_id(tx, id).await?.and_then(|webhook| webhook.failing_since))
}

/// An attempt succeeded.
pub(in crate::webhooks) async fn succeeded(tx: &Tx, id: WebhookId) -> Result<(), StoreError> {
    let failed = Column::Id.eq(id).and(Column::FailingSinceAt.is_not_null());
    let rows = tx.update::<Entity>().set(Column::FailingSinceAt, Expr::val(None::<i64>));
    rows.filter(failed).run().await.map(drop)
}

/// A secret that takes the place of another.
pub(in crate::webhooks) struct NewSecret<'a> {
    pub(in crate::webhooks) webhook: WebhookId,
    pub(in crate::webhooks) secret: &'a Secret,
    /// Until when the one of before signs too.
    pub(in crate::webhooks) old_until: Timestamp,
}

/// Gives a webhook another secret.
pub(in crate::webhooks) async fn rotate(tx: &Tx, new: &NewSecret<'_>) -> Result<(), StoreError> {
    let row = tx.select::<Entity>().filter(Column::Id.eq(new.webhook)).lock().one().await?;
    let Some(row) = row else { return Ok(()) };
    let replaced = SECRETS.replace(tx, row.id.uuid(), (&row.secret, new.secret.bytes()))?;
    tx.update::<Entity>()
        .set(Column::Secret, Expr::val(replaced.secret))
        .set(Column::OldSecret, Expr::val(replaced.old))
        .set(Column::OldSecretUntilAt, Expr::val(new.old_until))
        .set(Column::Version, Expr::val(row.version + 1))
        .filter(Column::Id.eq(new.webhook))
        .run()
        .await
        .map(drop)
}

/// What signs now: the secret, and the one of before until its time is over.
pub(in crate::webhooks) async fn secrets(tx: &Tx, id: WebhookId) -> Result<Vec<Secret>, StoreError> {
    let row = tx.select::<Entity>().filter(Column::Id.eq(id)).one().await?;
    let Some(row) = row else { return Ok(vec![]) };
    let kept = Kept { secret: &row.secret, old: row.old_secret.as_ref(), old_until: row.old_secret_until_at };
    Ok(SECRETS.live(tx, id.uuid(), &kept)?.into_iter().map(Secret::of).collect())
}

/// The secret as its owner is shown it.
pub(in crate::webhooks) async fn shown_secret(tx: &Tx, id: WebhookId) -> Result<Option<String>, StoreError> {
    Ok(secrets(tx, id).await?.first().map(Secret::text))
}

/// What the webhooks are called that are told all, as far as the caller sees them.
pub(in crate::webhooks) async fn names_told_all(tx: &Tx) -> Result<HashMap<WebhookId, String>, StoreError> {
    let rows = tx.select::<Entity>().filter(Column::Content.eq(text(WebhookContent::Full))).all().await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

/// A page of the webhooks that the caller sees, newest first.
pub(in crate::webhooks) async fn page(tx: &Tx, request: &PageRequest) -> Result<Page<Webhook>, StoreError> {
    let keyset = Keyset {
        column: Column::CreatedAt,
        id: Column::Id,
        descending: true,
        cursor: |row: &Model| Cursor::of(SortKey::Number(row.created_at.micros()), row.id.uuid()),
    };
    keyset.page(tx.select::<Entity>(), request).await?.try_map(|row| value(&row))
}

/// How many they are.
pub(in crate::webhooks) async fn count(tx: &Tx) -> Result<u64, StoreError> {
    counted(tx.select::<Entity>()).await
}
