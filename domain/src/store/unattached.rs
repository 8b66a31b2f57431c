//! Removes attachments that nobody attached: of every tenant for the worker, which knows no scope and learns their ids and
//! nothing else, and one for whoever brought it.

use std::collections::BTreeSet;

use sea_orm::sea_query::ExprTrait as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use fengqiao_entity::files::attachment::{Column, Entity};

use crate::kernel::id::{AttachmentId, TenantId, Timestamp};
use crate::store::db::Pools;
use crate::store::{Db, StoreError, Tx, reach};

/// Whoever attaches one at the same moment wins: the condition is asked again of the row as they left it.
const TAKE: &str = "DELETE FROM attachments WHERE case_id IS NULL AND created_at < $1 AND (tenant_id, id) IN \
     (SELECT tenant_id, id FROM attachments WHERE case_id IS NULL AND created_at < $1 LIMIT $2) \
     RETURNING tenant_id, id";
const KNOWN: &str = "SELECT count(*) FROM attachments WHERE tenant_id = $1 AND id = $2";

type Row = (Uuid, Uuid);

impl Tx {
    /// Removes the row of an attachment that is attached to nothing: whether it was there, and the caller's.
    pub(crate) async fn remove_unattached(&self, id: AttachmentId) -> Result<bool, StoreError> {
        let loose = Column::Id.eq(id).and(Column::CaseId.is_null());
        let rows = Entity::delete_many().filter(reach::predicate::<Entity>(self.scope())).filter(loose);
        Ok(rows.exec(self.wire()).await?.rows_affected == 1)
    }
}

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
