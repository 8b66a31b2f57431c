//! Loads attachments by id and by the entry that they came with, many at a time, within one request.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use fengqiao_domain::Reader;
use fengqiao_domain::files::{Attachment, FileService};
use fengqiao_domain::kernel::id::{AttachmentId, CaseEntryId};

use crate::graphql::kit::fault::Fault;

/// Asks for what came with an entry of a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AttachmentsOf(pub CaseEntryId);

/// Loads attachments.
pub struct FileLoader {
    /// The use cases.
    pub service: FileService,
    /// The request's snapshot.
    pub reader: Reader,
}

impl Loader<AttachmentId> for FileLoader {
    type Value = Attachment;
    type Error = Fault;

    async fn load(&self, keys: &[AttachmentId]) -> Result<HashMap<AttachmentId, Attachment>, Self::Error> {
        let found = self.service.attachments_by_id(self.reader.scope(), &self.reader, keys).await;
        found.map_err(Fault::from_failure)
    }
}

impl Loader<AttachmentsOf> for FileLoader {
    type Value = Vec<Attachment>;
    type Error = Fault;

    async fn load(
        &self,
        keys: &[AttachmentsOf],
    ) -> Result<HashMap<AttachmentsOf, Vec<Attachment>>, Self::Error> {
        let entries: Vec<CaseEntryId> = keys.iter().map(|key| key.0).collect();
        let found = self.service.attachments_of_entries(self.reader.scope(), &self.reader, &entries).await;
        let found = found.map_err(Fault::from_failure)?;
        Ok(found.into_iter().map(|(entry, attached)| (AttachmentsOf(entry), attached)).collect())
    }
}
