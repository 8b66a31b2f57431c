//! Removes what the audit trail was kept for long enough, by moving the beginning of a chain: what is left of it verifies.

use std::time::Duration;

use crate::kernel::id::TenantId;
use crate::kernel::mutant::{self, Mutant};
use crate::store::db::Pools;
use crate::store::sealing::LOCK;
use crate::store::{Db, StoreError};

/// How long the audit trail is kept at least, whatever a setting says: 网络安全法第二十一条 (2016) demands six months.
pub const AUDIT_LEAST_DAYS: u32 = 180;

/// Entries removed per transaction.
const PAGE: i64 = 500;
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// The newest seal of a tenant stays. An entry goes with all before it, so that one that is younger keeps what follows.
const REMOVABLE: &str = "SELECT max(sequence) FROM (SELECT sequence, max(at) OVER (ORDER BY sequence) AS newest FROM ( \
     SELECT s.sequence, e.at FROM audit_seals s JOIN audit_entries e ON e.tenant_id = s.tenant_id AND e.id = s.entry_id \
     JOIN audit_heads h ON h.tenant_id = s.tenant_id WHERE s.tenant_id = $1 AND s.sequence > h.gone \
     AND s.sequence < h.sequence ORDER BY s.sequence LIMIT $2) AS page) AS aged WHERE newest < $3";
const MOVE_BEGINNING: &str = "UPDATE audit_heads SET gone = $2, gone_hash = (SELECT s.hash FROM audit_seals s \
     WHERE s.tenant_id = $1 AND s.sequence = $2) WHERE tenant_id = $1 AND gone < $2";
const REMOVE_ENTRIES: &str = "DELETE FROM audit_entries WHERE tenant_id = $1 AND id IN \
     (SELECT s.entry_id FROM audit_seals s WHERE s.tenant_id = $1 AND s.sequence <= $2)";
const REMOVE_SEALS: &str = "DELETE FROM audit_seals WHERE tenant_id = $1 AND sequence <= $2";

impl Db {
    /// Removes sealed entries of the audit trail that were kept for so long, and for [`AUDIT_LEAST_DAYS`] in any case: how many.
    ///
    /// # Errors
    /// [`StoreError`] as the database says.
    pub async fn sweep_audit(&self, kept: Duration) -> Result<u64, StoreError> {
        let least = if mutant::active(Mutant::HastyTrail) { 0 } else { i64::from(AUDIT_LEAST_DAYS) * DAY };
        let kept = i64::try_from(kept.as_micros()).unwrap_or(i64::MAX).max(least);
        let before = self.now().micros().saturating_sub(kept);
        let mut removed = 0;
        for tenant in self.chained_tenants().await? {
            loop {
                let page = self.remove_audited(tenant, before).await?;
                removed += page;
                if page == 0 {
                    break;
                }
            }
        }
        Ok(removed)
    }

    /// Moves the beginning of a chain by a page, and removes what lies before it.
    async fn remove_audited(&self, tenant: TenantId, before: i64) -> Result<u64, StoreError> {
        let tenant = tenant.uuid();
        match self.pools() {
            Pools::Postgres { worker, .. } => {
                let mut tx = worker.begin().await?;
                sqlx::query(LOCK).execute(&mut *tx).await?;
                let query = sqlx::query_scalar(REMOVABLE).persistent(false);
                let query = query.bind(tenant).bind(PAGE).bind(before);
                let Some(until): Option<i64> = query.fetch_one(&mut *tx).await? else { return Ok(0) };
                sqlx::query(MOVE_BEGINNING).bind(tenant).bind(until).execute(&mut *tx).await?;
                let query = sqlx::query(REMOVE_ENTRIES).persistent(false).bind(tenant).bind(until);
                let removed = query.execute(&mut *tx).await?.rows_affected();
                sqlx::query(REMOVE_SEALS).bind(tenant).bind(until).execute(&mut *tx).await?;
                tx.commit().await?;
                Ok(removed)
            }
            Pools::Sqlite { writer, .. } => {
                let mut tx = writer.begin_with("BEGIN IMMEDIATE").await?;
                let query = sqlx::query_scalar(REMOVABLE).bind(tenant).bind(PAGE).bind(before);
                let Some(until): Option<i64> = query.fetch_one(&mut *tx).await? else { return Ok(0) };
                sqlx::query(MOVE_BEGINNING).bind(tenant).bind(until).execute(&mut *tx).await?;
                let query = sqlx::query(REMOVE_ENTRIES).bind(tenant).bind(until);
                let removed = query.execute(&mut *tx).await?.rows_affected();
                sqlx::query(REMOVE_SEALS).bind(tenant).bind(until).execute(&mut *tx).await?;
                tx.commit().await?;
                Ok(removed)
            }
        }
    }
}
