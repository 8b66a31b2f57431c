//! How an import fails, and which districts it can be about.

use std::collections::HashMap;

use crate::kernel::failure::Failure;
use crate::kernel::id::TenantId;
use crate::org::error::OrgError;
use crate::org::import::BadRow;
use crate::org::service::OrgService;
use crate::store::StoreError;

/// Why a file was not taken; nothing of it was written.
#[derive(Debug)]
pub enum ImportFailure {
    /// Rows at fault: every one that was found.
    Rows(Vec<BadRow>),
    /// The database refused.
    Store(StoreError),
}

impl ImportFailure {
    /// Goes on when nothing is at fault; else every mistake, in the order of the rows.
    pub(super) fn unless_sound(mut bad: Vec<BadRow>) -> Result<(), Self> {
        bad.sort_by_key(|bad| bad.row);
        if bad.is_empty() { Ok(()) } else { Err(Self::Rows(bad)) }
    }
}

impl From<StoreError> for ImportFailure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<ImportFailure> for Failure<OrgError> {
    fn from(failure: ImportFailure) -> Self {
        match failure {
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
