//! Discard an attachment that is attached to nothing (丢弃附件): of whoever does not need it, or lost the answer to it.

use serde_json::json;

use crate::files::command::DiscardAttachment;
use crate::files::error::FileError;
use crate::files::service::{Answer, FileService};
use crate::files::store;
use crate::kernel::failure::Failure;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};

impl FileService {
    /// Removes what the caller brought and attached to nothing, with its bytes, as the sweep would later. Needs
    /// `ATTACHMENT_UPLOAD`. The row goes first: what ends in between leaves bytes that [`FileService::sweep_bytes`] finds.
    ///
    /// # Errors
    /// [`Failure::Denied`] without the permission; `NOT_FOUND` for what others brought too, `ALREADY_ATTACHED`; as the
    /// database says.
    pub async fn discard(&self, scope: &Scope, command: DiscardAttachment) -> Answer<()> {
        if !scope.permits(Permission::AttachmentUpload) {
            return Err(Failure::Denied);
        }
        let Begun::Fresh(mut tx) = self.db.begin(scope).await? else { return Ok(()) };
        let id = command.attachment;
        let missing = || Failure::user("attachmentId", FileError::NotFound);
        let found = store::held_by_ids(&tx, &[id]).await?.pop();
        let found = found.filter(|found| Some(found.by) == scope.account()).ok_or_else(missing)?;
        if found.attached.is_some() {
            return Err(Failure::user("attachmentId", FileError::AlreadyAttached));
        }
        if !tx.remove_unattached(id).await? {
            return Err(missing());
        }
        tx.audit("attachment.discarded", &id, json!({}));
        tx.commit(Done { id: id.uuid(), version: 1 }).await?;
        // It is discarded, whatever the storage says; its bytes are found again as those of a broken upload are.
        if let Err(error) = self.storage.remove(scope.tenant(), id).await {
            tracing::warn!(%error, %id, "the bytes of a discarded attachment stay");
        }
        Ok(())
    }
}
