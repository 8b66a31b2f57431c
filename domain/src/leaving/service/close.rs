//! Close a district, and open it again.

use sea_orm::sea_query::Expr;
use serde_json::json;

use fengqiao_entity::org::tenant;

use crate::kernel::failure::Failure;
use crate::kernel::scope::PlatformScope;
use crate::leaving::error::LeavingError;
use crate::leaving::service::{Answer, LeavingService, refused, state};
use crate::leaving::store;
use crate::org::{Tenant, TenantState};
use crate::store::Done;

impl LeavingService {
    /// Closes a district: whoever is in it is out within a minute, nobody comes in, and no deadline, webhook or export of it goes on. What it
    /// holds stays. Whoever closes it again changes nothing.
    ///
    /// # Errors
    /// [`LeavingError::NotFound`], [`LeavingError::Platform`], [`LeavingError::Gone`].
    pub async fn close(&self, platform: &PlatformScope, code: &str, reason: &str) -> Answer<Tenant> {
        let tenant = self.district(platform, code).await?;
        let (mut tx, row) = self.begin(platform, tenant.id).await?;
        match state(&row)? {
            TenantState::Open => {}
            TenantState::Closed => return Ok(tenant),
            TenantState::Erasing | TenantState::Erased => return Err(gone(code)),
        }
        let now = tx.now();
        let closed = store::turned(&tx, TenantState::Closed);
        closed
            .set(tenant::Column::ClosedAt, Expr::val(now))
            .set(tenant::Column::ExportedAt, Expr::cust("NULL"))
            .set(tenant::Column::ExportedCounts, Expr::cust("NULL"))
            .run()
            .await?;
        tx.audit("tenant.close", &tenant.id, json!({ "reason": reason }));
        tx.commit(Done { id: tenant.id.uuid(), version: 1 }).await?;
        Ok(Tenant { state: TenantState::Closed, ..tenant })
    }

    /// Opens a closed district again. Sessions that are not over by then go on.
    ///
    /// # Errors
    /// [`LeavingError::NotFound`], [`LeavingError::Platform`], [`LeavingError::Gone`].
    pub async fn reopen(&self, platform: &PlatformScope, code: &str, reason: &str) -> Answer<Tenant> {
        let tenant = self.district(platform, code).await?;
        let (mut tx, row) = self.begin(platform, tenant.id).await?;
        match state(&row)? {
            TenantState::Closed => {}
            TenantState::Open => return Ok(tenant),
            TenantState::Erasing | TenantState::Erased => return Err(gone(code)),
        }
        let open = store::turned(&tx, TenantState::Open);
        open.set(tenant::Column::ClosedAt, Expr::cust("NULL"))
            .set(tenant::Column::ExportedAt, Expr::cust("NULL"))
            .set(tenant::Column::ExportedCounts, Expr::cust("NULL"))
            .run()
            .await?;
        tx.audit("tenant.reopen", &tenant.id, json!({ "reason": reason }));
        tx.commit(Done { id: tenant.id.uuid(), version: 1 }).await?;
        Ok(Tenant { state: TenantState::Open, ..tenant })
    }
}

fn gone(code: &str) -> Failure<LeavingError> {
    refused(LeavingError::Gone(code.to_owned()))
}
