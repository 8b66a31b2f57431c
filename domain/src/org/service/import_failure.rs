//! What a failed import means to whoever asked, and which districts it can be about.

use std::collections::{HashMap, HashSet};

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
    /// Every tenant that stands open by its code, and the codes of those that do not.
    pub(super) async fn tenants_by_code(
        &self,
    ) -> Result<(HashMap<String, TenantId>, HashSet<String>), StoreError> {
        let (open, closed): (Vec<_>, Vec<_>) =
            self.db.lookup_tenants().await?.into_iter().partition(|known| known.state == "open");
        let open = open.into_iter().map(|row| (row.tenant.code, TenantId::from_uuid(row.tenant.tenant_id)));
        Ok((open.collect(), closed.into_iter().map(|row| row.tenant.code).collect()))
    }
}
