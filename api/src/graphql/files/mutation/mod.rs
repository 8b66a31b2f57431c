//! Mutations of the files slice, one per file. What is brought comes by `POST /files`.

mod attachment_discard;

use async_graphql::{Context, Object};

use crate::graphql::kit::requires::{Permission, requires};

use attachment_discard::{AttachmentDiscardInput, AttachmentDiscardPayload};

/// Mutations of the files slice.
#[derive(Default)]
pub struct FileMutation;

#[Object]
impl FileMutation {
    /// Discard an attachment that the caller brought and that is attached to nothing; another one may wait in its place.
    #[graphql(directive = requires::apply(Permission::AttachmentUpload))]
    async fn attachment_discard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: AttachmentDiscardInput,
    ) -> Option<async_graphql::Result<AttachmentDiscardPayload>> {
        Some(attachment_discard::run(ctx, input).await.map_err(Into::into))
    }
}
