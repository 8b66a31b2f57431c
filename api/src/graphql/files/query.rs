//! Queries of the files slice.

use async_graphql::{Context, Object};

use super::types::{Attachment, waiting_attachments};
use crate::graphql::kit::connection::{Paged, page_request};

/// Queries of the files slice.
#[derive(Default)]
pub struct FileQuery;

#[Object]
impl FileQuery {
    /// What the caller brought and attached to nothing yet, newest first: also what the answer to was lost. It goes after a while,
    /// or by `attachmentDiscard`.
    async fn attachments_waiting(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Number of attachments from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of attachments from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Attachment>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(waiting_attachments(ctx, &page).await?)
    }
}
