//! What a failed import means to whoever asked, and which districts it can be about.

use std::collections::HashMap;

use crate::kernel::failure::Failure;
use crate::kernel::id::TenantId;
use crate::kernel::sheet::ImportFailure;
use crate::org::error::OrgError;
use crate::org::service::OrgService;
use crate::store::StoreError;

impl From<ImportFailure> for Failure<OrgError> {
    fn from(failure: ImportFailure) -> Self {
        match failure {
            ImportFailure::Denied => Self::Denied,
            ImportFailure::Rows(_) => Self::user("", OrgError::InvalidCode),
            ImportFailure::Store(error) => error.into(),
        }
    }
}

impl OrgService {
    /// Every tenant by its code.
    pub(super) async fn tenants_by_code(&self) -> Result<HashMap<String, TenantId>, StoreError> {
        let tenants = self.db.lookup_tenants().await?;
        Ok(tenants.into_iter().map(|row| (row.code, TenantId::from_uuid(row.tenant_id))).collect())
    }
}
