//! Finds webhooks that have something to do, of every tenant, and removes what they were told long ago: for the worker, which knows
//! no scope. It learns ids and nothing else.

use uuid::Uuid;

use crate::kernel::event::Event;
use crate::kernel::id::{TenantId, Timestamp, WebhookId};
use crate::store::db::Pools;
use crate::store::{Db, StoreError};

/// Webhooks that did not look at every event yet. A restored database is behind what they looked at.
const BEHIND: &str = "SELECT w.tenant_id, w.id FROM webhooks w JOIN outbox_heads h ON h.tenant_id = w.tenant_id \
     JOIN tenants t ON t.tenant_id = w.tenant_id AND t.state = 'open' \
     WHERE w.state = 'enabled' AND w.position <> h.position LIMIT $1";
/// Webhooks with something that is due and that nobody has for themselves: the first that waits of each case.
const DUE: &str = "SELECT d.tenant_id, d.webhook_id FROM webhook_deliveries d \
     JOIN webhooks w ON w.tenant_id = d.tenant_id AND w.id = d.webhook_id \
     JOIN tenants t ON t.tenant_id = w.tenant_id AND t.state = 'open' \
     WHERE w.state = 'enabled' AND d.state = 'waiting' AND d.next_attempt_at <= $1 AND d.lease_until_at <= $1 \
     AND NOT EXISTS (SELECT 1 FROM webhook_deliveries e WHERE e.tenant_id = d.tenant_id \
     AND e.webhook_id = d.webhook_id AND e.case_id = d.case_id AND e.state = 'waiting' AND e.position < d.position) \
     GROUP BY d.tenant_id, d.webhook_id ORDER BY min(d.next_attempt_at) LIMIT $2";
/// What a receiver said became of a case stays with the case.
const SWEEP: &str = "DELETE FROM webhook_deliveries WHERE created_at < $1 AND receipt_at IS NULL";

/// What integrators are told next.
pub(crate) struct ToTell {
    /// In their order.
    pub(crate) events: Vec<Event>,
    /// Up to which position; none when there is nothing.
    pub(crate) until: Option<i64>,
}

type Row = (Uuid, Uuid);

fn ids((tenant, webhook): Row) -> (TenantId, WebhookId) {
    (TenantId::from_uuid(tenant), WebhookId::from_uuid(webhook))
}

impl Db {
    /// Webhooks that did not look at every event yet, at most so many.
    pub(crate) async fn webhooks_behind(
        &self,
        most: usize,
    ) -> Result<Vec<(TenantId, WebhookId)>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows: Vec<Row> = match self.pools() {
            Pools::Postgres { worker, .. } => {
                sqlx::query_as(BEHIND).persistent(false).bind(most).fetch_all(worker).await?
            }
            Pools::Sqlite { readers, .. } => sqlx::query_as(BEHIND).bind(most).fetch_all(readers).await?,
        };
        Ok(rows.into_iter().map(ids).collect())
    }

    /// Webhooks with something that is due, the longest due first, at most so many.
    pub(crate) async fn webhooks_due(&self, most: usize) -> Result<Vec<(TenantId, WebhookId)>, StoreError> {
        let (now, most) = (self.now().micros(), i64::try_from(most).unwrap_or(i64::MAX));
        let rows: Vec<Row> = match self.pools() {
            Pools::Postgres { worker, .. } => {
                sqlx::query_as(DUE).persistent(false).bind(now).bind(most).fetch_all(worker).await?
            }
            Pools::Sqlite { readers, .. } => {
                sqlx::query_as(DUE).bind(now).bind(most).fetch_all(readers).await?
            }
        };
        Ok(rows.into_iter().map(ids).collect())
    }

    /// The next events of a tenant after a position: those of a page, or of after what is no longer kept. What cannot be read
    /// is left out, and counted.
    pub(crate) async fn events_to_tell(&self, tenant: TenantId, position: i64) -> Result<ToTell, StoreError> {
        // A herd of webhooks that are behind leaves the relay its connection.
        let _turn = self.replays().acquire().await;
        let rows = self.kept_after(tenant, position).await?;
        let until = rows.last().map(|row| row.position);
        let mut events = vec![];
        for row in rows {
            let event = row.id;
            match row.event {
                Ok(event) => events.push(event),
                Err(reason) => {
                    tracing::error!(%tenant, %event, reason, "an event cannot be read, and integrators are not told of it");
                }
            }
        }
        Ok(ToTell { events, until })
    }

    /// Removes what was enqueued for webhooks before an instant: how much.
    pub(crate) async fn sweep_deliveries(&self, before: Timestamp) -> Result<u64, StoreError> {
        let before = before.micros();
        Ok(match self.pools() {
            Pools::Postgres { worker, .. } => {
                sqlx::query(SWEEP).bind(before).execute(worker).await?.rows_affected()
            }
            Pools::Sqlite { writer, .. } => {
                sqlx::query(SWEEP).bind(before).execute(writer).await?.rows_affected()
            }
        })
    }
}
