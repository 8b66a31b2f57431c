//! The leaves that a tenant gave.

use crate::kernel::failure::Failure;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::oversight::model::OversightGrant;
use crate::oversight::service::{Answer, OversightService};
use crate::oversight::store;
use crate::store::Reader;

impl OversightService {
    /// A page of them, newest first: those that count or will, those that count no more, or all. Needs `OVERSIGHT_MANAGE` or `AUDIT_READ`.
    ///
    /// # Errors
    /// [`Failure::Denied`] without them.
    pub async fn grants_page(
        &self,
        scope: &Scope,
        reader: &Reader,
        lasting: Option<bool>,
        request: &PageRequest,
    ) -> Answer<Page<OversightGrant>> {
        look(scope)?;
        Ok(store::page(&*reader.tx().await?, lasting, request).await?)
    }

    /// How many there are.
    ///
    /// # Errors
    /// As [`Self::grants_page`].
    pub async fn grants_count(&self, scope: &Scope, reader: &Reader, lasting: Option<bool>) -> Answer<u64> {
        look(scope)?;
        Ok(store::count(&*reader.tx().await?, lasting).await?)
    }
}

fn look(scope: &Scope) -> Answer<()> {
    let may = scope.permits(Permission::OversightManage) || scope.permits(Permission::AuditRead);
    if may { Ok(()) } else { Err(Failure::Denied) }
}
