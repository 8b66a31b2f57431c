//! Finds attachments that nobody attached, of every tenant: for the worker, which knows no scope. It learns their ids and
//! nothing else.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::kernel::id::{AttachmentId, TenantId, Timestamp};
use crate::store::db::Pools;
use crate::store::{Db, StoreError};

/// Whoever attaches one at the same moment wins: the condition is asked again of the row as they left it.
const TAKE: &str = "DELETE FROM attachments WHERE case_id IS NULL AND created_at < $1 AND (tenant_id, id) IN \
     (SELECT tenant_id, id FROM attachments WHERE case_id IS NULL AND created_at < $1 LIMIT $2) \
     RETURNING tenant_id, id";
const KNOWN: &str = "SELECT count(*) FROM attachments WHERE tenant_id = $1 AND id = $2";

type Row = (Uuid, Uuid);

impl Db {
    /// Removes rows of attachments that came before an instant and were attached to nothing: which, at most so many.
    pub(crate) async fn take_unattached(
        &self,
        before: Timestamp,
        most: usize,
    ) -> Result<Vec<(TenantId, AttachmentId)>, StoreError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let rows: Vec<Row> = match self.pools() {
            Pools::Postgres { worker, .. } => {
                sqlx::query_as(TAKE).bind(before.micros()).bind(most).fetch_all(worker).await?
            }
            Pools::Sqlite { writer, .. } => {
                sqlx::query_as(TAKE).bind(before.micros()).bind(most).fetch_all(writer).await?
            }
        };
        let ids = |(tenant, id)| (TenantId::from_uuid(tenant), AttachmentId::from_uuid(id));
        Ok(rows.into_iter().map(ids).collect())
    }

    /// Those of some attachments that have a row.
    pub(crate) async fn known_attachments(
        &self,
        some: &[(TenantId, AttachmentId)],
    ) -> Result<BTreeSet<(TenantId, AttachmentId)>, StoreError> {
        let mut known = BTreeSet::new();
        for (tenant, id) in some {
            let count: i64 = match self.pools() {
                Pools::Postgres { worker, .. } => {
                    sqlx::query_scalar(KNOWN).bind(tenant.uuid()).bind(id.uuid()).fetch_one(worker).await?
                }
                Pools::Sqlite { readers, .. } => {
                    sqlx::query_scalar(KNOWN).bind(tenant.uuid()).bind(id.uuid()).fetch_one(readers).await?
                }
            };
            if count > 0 {
                known.insert((*tenant, *id));
            }
        }
        Ok(known)
    }
}
