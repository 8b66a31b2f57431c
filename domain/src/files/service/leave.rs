//! What a district that leaves has in the storage: listed and read to be handed over, and removed.

use bytes::Bytes;
use futures::TryStreamExt as _;
use futures::stream::BoxStream;

use crate::files::service::FileService;
use crate::kernel::id::{AttachmentId, TenantId};
use crate::kernel::scope::PlatformScope;
use crate::store::StoreError;

/// Files that are removed at a time.
const PAGE: usize = 100;

impl FileService {
    /// The attachments of a tenant that lie in the storage.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the storage does not answer.
    pub async fn all_of(
        &self,
        _platform: &PlatformScope,
        tenant: TenantId,
    ) -> Result<Vec<AttachmentId>, StoreError> {
        self.storage.of_tenant(tenant).try_collect().await
    }

    /// The bytes of one of them; none when it is gone.
    ///
    /// # Errors
    /// As [`FileService::all_of`].
    pub async fn bytes_of(
        &self,
        _platform: &PlatformScope,
        (tenant, id): (TenantId, AttachmentId),
    ) -> Result<Option<BoxStream<'static, Result<Bytes, StoreError>>>, StoreError> {
        Ok(self.storage.get(tenant, id).await?.map(|opened| opened.stream))
    }

    /// Removes all of them: how many.
    ///
    /// # Errors
    /// As [`FileService::all_of`].
    pub async fn remove_all_of(
        &self,
        _platform: &PlatformScope,
        tenant: TenantId,
    ) -> Result<u64, StoreError> {
        let mut removed = 0;
        loop {
            let some: Vec<AttachmentId> = self
                .storage
                .of_tenant(tenant)
                .try_chunks(PAGE)
                .try_next()
                .await
                .map_err(|error| error.1)?
                .unwrap_or_default();
            if some.is_empty() {
                self.storage.remove_folder_of(tenant).await?;
                return Ok(removed);
            }
            for id in some {
                self.storage.remove(tenant, id).await?;
                removed += 1;
            }
        }
    }
}
