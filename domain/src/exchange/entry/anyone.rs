//! What anybody may know who has no key: that a district is there, and what may be reported in it.

use crate::exchange::error::ExchangeError;
use crate::exchange::offer::{self, OpenService};
use crate::exchange::service::{Answer, ExchangeService};
use crate::identity::directory as identity;
use crate::kernel::failure::Failure;
use crate::kernel::id::TenantId;
use crate::programmes::CaseSource;

impl ExchangeService {
    /// Whether a district with this code is served.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn serves(&self, tenant_code: &str) -> Answer<()> {
        self.district(tenant_code).await.map(drop)
    }

    /// What may be reported in a district, as its residents report it.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn services_of(&self, tenant_code: &str, request_id: &str) -> Answer<Vec<OpenService>> {
        let scope = identity::nobody(self.district(tenant_code).await?, request_id);
        let reader = self.db.reader(&scope);
        Ok(offer::offered(&*reader.tx().await?, CaseSource::Resident).await?)
    }

    async fn district(&self, tenant_code: &str) -> Answer<TenantId> {
        let missing = || Failure::user("jurisdiction", ExchangeError::NotFound);
        if !tenant_code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(missing());
        }
        let found = self.db.lookup_tenant(tenant_code).await?.filter(|tenant| tenant.kind == "district");
        let found = found.ok_or_else(missing)?;
        Ok(TenantId::from_uuid(found.tenant_id))
    }
}
