//! Look at an attachment: its bytes, for whoever sees it now.

use bytes::Bytes;
use futures::stream::BoxStream;
use uuid::Uuid;

use crate::files::error::FileError;
use crate::files::model::Attachment;
use crate::files::service::{Answer, FileService};
use crate::files::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::AttachmentId;
use crate::kernel::scope::Scope;
use crate::store::StoreError;

/// The bytes of an attachment, in parts as they come.
type Parts = BoxStream<'static, Result<Bytes, StoreError>>;

impl FileService {
    /// An attachment with its bytes, as far as the caller sees it now, however long ago they saw it.
    ///
    /// # Errors
    /// `NOT_FOUND`; as the database and the storage say.
    pub async fn open(&self, scope: &Scope, file: Uuid) -> Answer<(Attachment, Parts)> {
        let missing = || Failure::user("", FileError::NotFound);
        let id = AttachmentId::from_uuid(file);
        let reader = self.db.reader(scope);
        let found = store::by_ids(&*reader.tx().await?, &[id]).await?.pop().ok_or_else(missing)?;
        drop(reader);
        let opened = self.storage.get(scope.tenant(), id).await?.ok_or_else(missing)?;
        Ok((Attachment { bytes: opened.bytes, ..found }, opened.stream))
    }
}
