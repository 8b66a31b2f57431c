//! Hand over what a closed district holds: whether that may begin, and that it was done.

use std::collections::BTreeMap;

use sea_orm::sea_query::Expr;
use serde::{Deserialize, Serialize};
use serde_json::json;

use fengqiao_entity::org::tenant;

use crate::kernel::id::Timestamp;
use crate::kernel::scope::PlatformScope;
use crate::leaving::error::LeavingError;
use crate::leaving::service::{Answer, LeavingService, SETTLED_SECONDS, refused, state};
use crate::leaving::store;
use crate::org::{Tenant, TenantState};
use crate::store::{Done, StoreError};

/// For so long after a district was closed a write may begin that does not know of it.
const LATE_SECONDS: i64 = 10;

/// A closed district of which nothing changes any more.
#[derive(Clone, Debug)]
pub struct Settled {
    /// The district.
    pub tenant: Tenant,
    /// When it was closed.
    pub closed_at: Timestamp,
}

/// What was handed over of a district.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// Rows by table.
    pub tables: BTreeMap<String, u64>,
    /// Attachments.
    pub files: u64,
}

impl LeavingService {
    /// A district of which nothing changes any more, so that it may be read out as a whole.
    ///
    /// # Errors
    /// [`LeavingError::NotFound`], [`LeavingError::Open`], [`LeavingError::ClosedLately`], [`LeavingError::Gone`].
    pub async fn settled(&self, platform: &PlatformScope, code: &str) -> Answer<Settled> {
        let tenant = self.district(platform, code).await?;
        let (tx, row) = self.begin(platform, tenant.id).await?;
        match state(&row)? {
            TenantState::Open => return Err(refused(LeavingError::Open(code.to_owned()))),
            TenantState::Erasing | TenantState::Erased => {
                return Err(refused(LeavingError::Gone(code.to_owned())));
            }
            TenantState::Closed => {}
        }
        let closed_at = row.closed_at.unwrap_or(tx.now());
        let since = (tx.now().micros() - closed_at.micros()).div_euclid(1_000_000);
        if since < SETTLED_SECONDS {
            let seconds = SETTLED_SECONDS - since.max(0);
            return Err(refused(LeavingError::ClosedLately { code: code.to_owned(), seconds }));
        }
        drop(tx);
        // No write of the district begins any more; one that began before, such as a file of very many rows, may not be over.
        if self.db.long_writes(since - LATE_SECONDS).await? > 0 {
            return Err(refused(LeavingError::StillWriting(code.to_owned())));
        }
        Ok(Settled { tenant, closed_at })
    }

    /// Notes that a settled district was handed over, and the digest of the list of what that was.
    ///
    /// # Errors
    /// [`LeavingError::Open`] when it was opened meanwhile, whatever it is now.
    pub async fn handed_over(
        &self,
        platform: &PlatformScope,
        Settled { tenant, closed_at }: &Settled,
        (what, digest): (&HandedOver, &str),
    ) -> Answer<()> {
        let (mut tx, row) = self.begin(platform, tenant.id).await?;
        if state(&row)? != TenantState::Closed || row.closed_at != Some(*closed_at) {
            return Err(refused(LeavingError::Open(tenant.code.clone())));
        }
        let now = tx.now();
        let counts = serde_json::to_string(what).map_err(|error| StoreError::Internal(error.to_string()))?;
        let noted = store::turned(&tx, TenantState::Closed);
        noted
            .set(tenant::Column::ExportedAt, Expr::val(now))
            .set(tenant::Column::ExportedCounts, Expr::val(counts))
            .run()
            .await?;
        let rows: u64 = what.tables.values().sum();
        tx.audit(
            "tenant.export",
            &tenant.id,
            json!({ "rows": rows, "files": what.files, "manifest": digest }),
        );
        tx.commit(Done { id: tenant.id.uuid(), version: 1 }).await?;
        Ok(())
    }
}
