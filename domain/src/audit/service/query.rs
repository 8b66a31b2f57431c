//! Reads of the audit trail.

use serde_json::{Value, json};

use crate::audit::model::{AuditEntry, AuditFilter};
use crate::audit::service::{Answer, AuditService, permit};
use crate::audit::store;
use crate::kernel::id::{AuditId, Timestamp};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, Reader, StoreError};

impl AuditService {
    /// An entry; none for whoever may not read the trail.
    ///
    /// # Errors
    /// As the database says.
    pub async fn entry(&self, scope: &Scope, reader: &Reader, id: AuditId) -> Answer<Option<AuditEntry>> {
        if !scope.permits(Permission::AuditRead) {
            return Ok(None);
        }
        Ok(store::by_id(&*reader.tx().await?, id).await?)
    }

    /// A page of entries, newest first. It is handed out when it is written down that it was read; searching holds up nobody
    /// who writes. Needs `AUDIT_READ`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn entries(
        &self,
        scope: &Scope,
        filter: &AuditFilter,
        page: &PageRequest,
    ) -> Answer<Page<AuditEntry>> {
        permit(scope)?;
        let found = store::page(&*self.db.reader(scope).tx().await?, filter, page).await?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(_) => return Err(StoreError::Internal("a query carries no key".to_owned()).into()),
        };
        let tenant = scope.tenant();
        tx.audit("audit.read", &tenant, searched(filter, found.rows.len()));
        tx.commit(Done { id: tenant.uuid(), version: 0 }).await?;
        Ok(found)
    }

    /// How many entries there are, counted no further than the page limit of counts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_entries(&self, scope: &Scope, reader: &Reader, filter: &AuditFilter) -> Answer<u64> {
        permit(scope)?;
        Ok(store::count(&*reader.tx().await?, filter).await?)
    }
}

/// What was searched for, and how much of it was handed out.
fn searched(filter: &AuditFilter, entries: usize) -> Value {
    json!({
        "entries": entries,
        "action": filter.action,
        "target": filter.target,
        "account": filter.account.map(|account| account.to_string()),
        "from": filter.from.map(Timestamp::micros),
        "until": filter.until.map(Timestamp::micros),
    })
}
