//! Bring a photo or a document (上传附件): it is looked into, drawn anew, and kept until it is attached.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::json;

use crate::files::command::{Location, UploadAttachment};
use crate::files::error::FileError;
use crate::files::model::Attachment;
use crate::files::picture::{self, Kept};
use crate::files::service::{Answer, FileService, Turn};
use crate::files::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::{AccountId, AttachmentId};
use crate::kernel::idgen;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done, StoreError, Tx};

/// Longest wait for a turn to draw: others draw for a second or two each.
const TURN: Duration = Duration::from_secs(10);

impl FileService {
    /// Keeps a file for its bringer, whose turn it is. Needs `ATTACHMENT_UPLOAD`. The bytes are written before the row: a process that ends in
    /// between leaves bytes that nobody knows, which are swept, and never a row without bytes.
    ///
    /// # Errors
    /// [`Failure::Denied`] without the permission; `REQUIRED` for no bytes, `UNSUPPORTED_MEDIA`, `UNREADABLE`,
    /// `TOO_MANY_PIXELS`, `TOO_MANY_WAITING`, `TOO_LONG`, `INVALID_TEXT`, `INVALID_POINT`, `INVALID_TIME`;
    /// [`Failure::Overloaded`] while too many images are drawn; as the database and the storage say.
    pub async fn upload(
        &self,
        scope: &Scope,
        _turn: &Turn,
        command: UploadAttachment,
        bytes: Vec<u8>,
    ) -> Answer<Attachment> {
        let Some(account) = scope.account().filter(|_| scope.permits(Permission::AttachmentUpload)) else {
            return Err(Failure::Denied);
        };
        let file_name = command.checked(self.db.now()).map_err(Failure::User)?;
        if bytes.is_empty() {
            return Err(Failure::user("file", FileError::Required));
        }
        self.room_for_one(&*self.db.reader(scope).tx().await?, account).await?;
        let content_hash = hex::encode(digest(&SHA256, &bytes));
        let kept = self.drawn(bytes).await?;
        let now = self.db.now();
        let new = Attachment {
            id: AttachmentId::from_uuid(idgen::uuid_v7(self.db.id_source(), now)),
            file_name,
            media_type: kept.media_type,
            bytes: kept.bytes.len() as u64,
            size: kept.size,
            taken_at: command.taken_at.or(kept.facts.taken_at.filter(|at| *at <= now)),
            point: command.point.or(kept.facts.point.filter(|_| command.location == Location::Kept)),
            created_at: now,
            attached: None,
            by: account,
            content_hash,
        };
        self.storage.put(scope.tenant(), new.id, kept.bytes).await?;
        let kept = self.keep(scope, &new).await;
        if matches!(kept, Err(Failure::User(_) | Failure::Denied)) {
            // There is no row, and will be none.
            self.storage.remove(scope.tenant(), new.id).await?;
        }
        kept.map(|()| new)
    }

    /// Refuses whoever brings more than they attach: before anything is drawn for them, and again where it counts.
    async fn room_for_one(&self, tx: &Tx, account: AccountId) -> Answer<()> {
        let limit = self.settings.max_waiting;
        let waiting = store::waiting(tx, account, limit).await?;
        if waiting < limit { Ok(()) } else { Err(Failure::user("", FileError::TooManyWaiting { limit })) }
    }

    /// Draws beside everything else, in its turn: what is drawn is in memory as a whole.
    async fn drawn(&self, bytes: Vec<u8>) -> Answer<Kept> {
        let turn = tokio::time::timeout(TURN, std::sync::Arc::clone(&self.drawing).acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(Failure::Overloaded { retry_after_seconds: 10 }) };
        let max_pixels = self.settings.max_pixels;
        let drawing = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            picture::kept(bytes, max_pixels)
        });
        match drawing.await {
            Ok(kept) => kept.map_err(|error| Failure::user("file", error)),
            // A library met what it did not expect, as nobody expects of an honest image.
            Err(fault) if fault.is_panic() => {
                tracing::error!(%fault, "an image could not be drawn");
                Err(Failure::user("file", FileError::Unreadable))
            }
            Err(fault) => Err(StoreError::Internal(format!("drawing ended: {fault}")).into()),
        }
    }

    /// Writes the row. Whatever the account brings at the same time is counted before or after it.
    async fn keep(&self, scope: &Scope, new: &Attachment) -> Answer<()> {
        let Begun::Fresh(mut tx) = self.db.begin(scope).await? else {
            return Err(StoreError::Internal("an upload carries no key".to_owned()).into());
        };
        if !mutant::active(Mutant::UncountedUploads) {
            tx.hold_alone(&format!("attachments/{}", new.by)).await?;
            self.room_for_one(&tx, new.by).await?;
        }
        tx.insert(store::row(&tx, new)?).await?;
        let detail = json!({ "mediaType": new.media_type.text(), "bytes": new.bytes });
        tx.audit("attachment.uploaded", &new.id, detail);
        tx.commit(Done { id: new.id.uuid(), version: 1 }).await?;
        Ok(())
    }
}
