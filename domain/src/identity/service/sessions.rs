//! The caller's own sessions.

use crate::identity::error::IdentityError;
use crate::identity::model::OpenSession;
use crate::identity::service::{IdentityService, acting};
use crate::identity::store;
use crate::kernel::failure::Failure;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::scope::Scope;
use crate::store::{Reader, StoreError};

impl IdentityService {
    /// A page of the caller's sessions that have not ended, newest first.
    ///
    /// # Errors
    /// [`Failure::Denied`] for the system, which is nobody.
    pub async fn open_sessions_page(
        &self,
        _scope: &Scope,
        reader: &Reader,
        request: &PageRequest,
    ) -> Result<Page<OpenSession>, Failure<IdentityError>> {
        let tx = reader.tx().await?;
        let own = acting(&tx).ok_or(Failure::Denied)?;
        let account = store::account_row(&tx, own).await?;
        let account = account.ok_or_else(|| StoreError::corrupt("accounts", "id", own))?;
        Ok(store::open_sessions_page(&tx, &account, request).await?)
    }

    /// How many there are, counted no further than the page's limit of counting.
    ///
    /// # Errors
    /// As [`IdentityService::open_sessions_page`].
    pub async fn open_sessions_count(
        &self,
        _scope: &Scope,
        reader: &Reader,
    ) -> Result<u64, Failure<IdentityError>> {
        let tx = reader.tx().await?;
        let own = acting(&tx).ok_or(Failure::Denied)?;
        let account = store::account_row(&tx, own).await?;
        let account = account.ok_or_else(|| StoreError::corrupt("accounts", "id", own))?;
        Ok(store::open_sessions_count(&tx, &account).await?)
    }
}
