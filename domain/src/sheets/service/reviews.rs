//! Reads of what waits for somebody else's word.

use crate::kernel::failure::Failure;
use crate::kernel::id::ExportReviewId;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::sheets::model::ExportReview;
use crate::sheets::service::{Answer, SheetService};
use crate::sheets::store::reviews;
use crate::store::Reader;

impl SheetService {
    /// A page of the files that wait for somebody's word, of those that do not any more, or of all, newest first. Needs `EXPORT_APPROVE` or
    /// `AUDIT_READ`.
    ///
    /// # Errors
    /// [`Failure::Denied`] without them.
    pub async fn reviews_page(
        &self,
        scope: &Scope,
        reader: &Reader,
        waiting: Option<bool>,
        request: &PageRequest,
    ) -> Answer<Page<ExportReview>> {
        if !looks(scope) {
            return Err(Failure::Denied);
        }
        Ok(reviews::page(&*reader.tx().await?, waiting, request).await?)
    }

    /// How many there are.
    ///
    /// # Errors
    /// As [`Self::reviews_page`].
    pub async fn reviews_count(&self, scope: &Scope, reader: &Reader, waiting: Option<bool>) -> Answer<u64> {
        if !looks(scope) {
            return Err(Failure::Denied);
        }
        Ok(reviews::count(&*reader.tx().await?, waiting).await?)
    }

    /// One of them: for those, and for whoever takes the file.
    ///
    /// # Errors
    /// As the database says.
    pub async fn review_by_id(
        &self,
        scope: &Scope,
        reader: &Reader,
        id: ExportReviewId,
    ) -> Answer<Option<ExportReview>> {
        let found = reviews::by_id(&*reader.tx().await?, id).await?;
        Ok(found.filter(|review| looks(scope) || scope.account() == Some(review.account)))
    }
}

fn looks(scope: &Scope) -> bool {
    scope.permits(Permission::ExportApprove) || scope.permits(Permission::AuditRead)
}
