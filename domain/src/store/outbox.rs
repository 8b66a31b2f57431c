//! The outbox as it is read: heads, and the events of one tenant in their order. By the worker's role, for no account
//! sees the outbox itself; what is delivered to whom is asked event by event.

use std::time::Duration;

use uuid::Uuid;

use fengqiao_entity::kernel::outbox_head;

use crate::kernel::event::{Event, EventCursor};
use crate::kernel::id::{AccountId, EventId, TenantId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::store::db::Pools;
use crate::store::{Db, StoreError, Tx};

/// Microseconds that a clock may be ahead of ours and still be believed: a day.
const AHEAD: i64 = 86_400_000_000;
/// Events read or removed by one statement.
pub(super) const PAGE: usize = 200;

const HEADS: &str = "SELECT tenant_id, position, event_id, gone FROM outbox_heads";
const HEAD: &str = "SELECT tenant_id, position, event_id, gone FROM outbox_heads WHERE tenant_id = $1";
const FROM: &str = "SELECT tenant_id, id, aggregate, aggregate_id, version, name, occurred_at, account_id, payload, \
     scope_before, scope_after, position FROM outbox_events WHERE tenant_id = $1 AND position >= $2 \
     ORDER BY position LIMIT $3";
/// The newest event of a tenant is never removed, nor the last of those that could be: by them a place is recognised as
/// one of this history. An instant that is days ahead is a broken clock's, and keeps nothing.
const REMOVABLE: &str = "SELECT max(position) FROM (SELECT position, max(CASE WHEN occurred_at > $6 THEN 0 ELSE occurred_at END) OVER (ORDER BY position) AS newest \
     FROM (SELECT position, occurred_at FROM outbox_events WHERE tenant_id = $1 AND position > $2 AND position < $3 \
     ORDER BY position LIMIT $4) AS page) AS aged WHERE newest < $5";
const REMOVE: &str = "DELETE FROM outbox_events WHERE tenant_id = $1 AND position < $2";
const GONE: &str = "UPDATE outbox_heads SET gone = $2 WHERE tenant_id = $1 AND gone < $2";

/// How far the events of a tenant got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) tenant: TenantId,
    /// The newest place.
    pub(super) newest: EventCursor,
    /// Events up to here are no longer kept.
    gone: i64,
}

type HeadRow = (Uuid, i64, Uuid, i64);

fn head((tenant, position, event, gone): HeadRow) -> Head {
    let newest = EventCursor::of(position, EventId::from_uuid(event));
    Head { tenant: TenantId::from_uuid(tenant), newest, gone }
}

impl Tx {
    /// The newest place that this transaction sees: everything that happened up to it, it sees too.
    pub(super) async fn newest_event(&self) -> Result<EventCursor, StoreError> {
        let head = self.select::<outbox_head::Entity>().one().await?;
        Ok(head.map_or(EventCursor::START, |head| EventCursor::of(head.position, head.event_id)))
    }
}

impl Tx {
    /// The newest position that this transaction sees.
    pub(crate) async fn newest_position(&self) -> Result<i64, StoreError> {
        Ok(self.newest_event().await?.position())
    }
}

impl Db {
    /// How far every tenant got.
    pub(super) async fn heads(&self) -> Result<Vec<Head>, StoreError> {
        let rows: Vec<HeadRow> = match self.pools() {
            Pools::Postgres { worker, .. } => {
                sqlx::query_as(HEADS).persistent(false).fetch_all(worker).await?
            }
            Pools::Sqlite { readers, .. } => sqlx::query_as(HEADS).fetch_all(readers).await?,
        };
        Ok(rows.into_iter().map(head).collect())
    }

    /// The newest place of a tenant.
    pub(super) async fn newest_event(&self, tenant: TenantId) -> Result<EventCursor, StoreError> {
        // A herd of subscribers that come back leaves the relay its connection.
        let _turn = self.replays().acquire().await;
        let row: Option<HeadRow> = match self.pools() {
            Pools::Postgres { worker, .. } => {
                sqlx::query_as(HEAD).persistent(false).bind(tenant.uuid()).fetch_optional(worker).await?
            }
            Pools::Sqlite { readers, .. } => {
                sqlx::query_as(HEAD).bind(tenant.uuid()).fetch_optional(readers).await?
            }
        };
        Ok(row.map_or(EventCursor::START, |row| head(row).newest))
    }

    /// The events that follow a place, in their order and without a gap, at most [`PAGE`]; none where the next one is
    /// no longer kept or cannot be read, or the place is none of this history.
    pub(super) async fn events_after(
        &self,
        tenant: TenantId,
        place: EventCursor,
    ) -> Result<Option<Vec<Event>>, StoreError> {
        let _turn = self.replays().acquire().await;
        let rows = self.rows_after(tenant, place).await?;
        Ok(rows.map(|rows| rows.into_iter().map_while(|row| row.event.ok()).collect()))
    }

    /// The same as rows, whether or not they can be read.
    pub(super) async fn rows_after(
        &self,
        tenant: TenantId,
        place: EventCursor,
    ) -> Result<Option<Vec<Row>>, StoreError> {
        let position = place.position();
        let mut rows = self.rows_from(tenant, position, PAGE + 1).await?;
        if place != EventCursor::START {
            let known = rows.first().is_some_and(|row| row.cursor() == place);
            if !known && !mutant::active(Mutant::NoPlaceCheck) {
                return Ok(None);
            }
            if rows.first().is_some_and(|row| row.position == position) {
                rows.remove(0);
            }
        }
        let next = rows.first().map_or(position + 1, |row| row.position);
        let whole = next == position + 1 || mutant::active(Mutant::NoPlaceCheck);
        rows.truncate(PAGE);
        Ok(whole.then_some(rows))
    }

    /// What is in the outbox after a position: a page, or the beginning of what is still kept.
    pub(super) async fn kept_after(&self, tenant: TenantId, position: i64) -> Result<Vec<Row>, StoreError> {
        self.rows_from(tenant, position + 1, PAGE).await
    }

    /// Rows from a position on, in their order.
    async fn rows_from(&self, tenant: TenantId, position: i64, most: usize) -> Result<Vec<Row>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        match self.pools() {
            Pools::Postgres { worker, .. } => {
                let query = sqlx::query(FROM).persistent(false).bind(tenant.uuid()).bind(position).bind(most);
                query.fetch_all(worker).await?.iter().map(read_row).collect()
            }
            Pools::Sqlite { readers, .. } => {
                let query = sqlx::query(FROM).bind(tenant.uuid()).bind(position).bind(most);
                query.fetch_all(readers).await?.iter().map(read_row).collect()
            }
        }
    }

    /// Removes events that happened longer ago than they are kept: how many.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn sweep_events(&self, kept: Duration) -> Result<u64, StoreError> {
        let before = self.now().micros() - i64::try_from(kept.as_micros()).unwrap_or(i64::MAX);
        let mut removed = 0;
        for head in self.heads().await? {
            let mut gone = head.gone;
            while let Some((until, count)) = self.remove_events(&head, gone, before).await? {
                removed += count;
                gone = until;
            }
        }
        Ok(removed)
    }

    /// Removes what is too old of a page of a tenant's events after `gone`: up to which position, and how many.
    async fn remove_events(
        &self,
        head: &Head,
        gone: i64,
        before: i64,
    ) -> Result<Option<(i64, u64)>, StoreError> {
        let most = i64::try_from(PAGE).unwrap_or(i64::MAX);
        let (tenant, newest) = (head.tenant.uuid(), head.newest.position());
        let ahead = self.now().micros() + AHEAD;
        match self.pools() {
            Pools::Postgres { worker, .. } => {
                let mut tx = worker.begin().await?;
                let query = sqlx::query_scalar(REMOVABLE).persistent(false);
                let query = query.bind(tenant).bind(gone).bind(newest).bind(most).bind(before).bind(ahead);
                let until: Option<i64> = query.fetch_one(&mut *tx).await?;
                let Some(until) = until else { return Ok(None) };
                let remove = sqlx::query(REMOVE).persistent(false).bind(tenant).bind(until);
                let count = remove.execute(&mut *tx).await?.rows_affected();
                sqlx::query(GONE).bind(tenant).bind(until).execute(&mut *tx).await?;
                tx.commit().await?;
                Ok(Some((until, count)))
            }
            Pools::Sqlite { writer, .. } => {
                let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
                let query = sqlx::query_scalar(REMOVABLE);
                let query = query.bind(tenant).bind(gone).bind(newest).bind(most).bind(before).bind(ahead);
                let until: Option<i64> = query.fetch_one(&mut *tx).await?;
                let Some(until) = until else { return Ok(None) };
                let remove = sqlx::query(REMOVE).bind(tenant).bind(until);
                let count = remove.execute(&mut *tx).await?.rows_affected();
                sqlx::query(GONE).bind(tenant).bind(until).execute(&mut *tx).await?;
                tx.commit().await?;
                Ok(Some((until, count)))
            }
        }
    }
}

/// A row of the outbox. Where it is told is known of each; what it tells need not be readable, and then stops nobody else.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) tenant: TenantId,
    pub(super) id: EventId,
    /// 0 until it has one.
    pub(super) position: i64,
    /// What it tells, or why it cannot be read.
    pub(super) event: Result<Event, String>,
}

impl Row {
    /// Its place in the order of its tenant.
    pub(super) fn cursor(&self) -> EventCursor {
        EventCursor::of(self.position, self.id)
    }

    /// The same with a position.
    pub(super) fn at(mut self, position: i64) -> Self {
        self.position = position;
        if let Ok(event) = &mut self.event {
            event.position = position;
        }
        self
    }
}

/// Reads a row as far as it can be read.
pub(super) fn read_row<'r, R>(row: &'r R) -> Result<Row, StoreError>
where
    R: sqlx::Row,
    &'static str: sqlx::ColumnIndex<R>,
    Uuid: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    i64: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<i64>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<Uuid>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    let tenant = TenantId::from_uuid(row.try_get("tenant_id")?);
    let id = EventId::from_uuid(row.try_get("id")?);
    let position = row.try_get::<Option<i64>, _>("position")?.unwrap_or_default();
    let read = || -> Result<Event, StoreError> {
        let before: Option<String> = row.try_get("scope_before")?;
        let after: String = row.try_get("scope_after")?;
        let payload: String = row.try_get("payload")?;
        let bad = |error: serde_json::Error| StoreError::Corrupt(error.to_string());
        Ok(Event {
            id,
            tenant,
            position,
            aggregate: row.try_get("aggregate")?,
            aggregate_id: row.try_get("aggregate_id")?,
            version: row.try_get("version")?,
            name: row.try_get("name")?,
            occurred_at: Timestamp(row.try_get("occurred_at")?),
            account: row.try_get::<Option<Uuid>, _>("account_id")?.map(AccountId::from_uuid),
            payload: serde_json::from_str(&payload).map_err(bad)?,
            before: before.map(|text| serde_json::from_str(&text)).transpose().map_err(bad)?,
            after: serde_json::from_str(&after).map_err(bad)?,
        })
    };
    Ok(Row { tenant, id, position, event: read().map_err(|error| error.to_string()) })
}
