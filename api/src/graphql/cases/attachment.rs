//! What comes with acts: photos and documents.

use async_graphql::{ID, InputObject};
use fengqiao_domain::cases as domain;

use crate::graphql::files::AttachmentKind;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;

/// A photo or a document that comes with an act. The caller brought it, and it is attached to nothing yet.
#[derive(InputObject)]
pub struct CaseAttachmentInput {
    /// Which.
    attachment_id: ID,
    /// What it shows.
    kind: AttachmentKind,
}

impl CaseAttachmentInput {
    /// What is attached, with its ids parsed.
    pub(crate) fn parsed(given: Option<Vec<Self>>) -> Outcome<Vec<domain::GivenAttachment>> {
        let parse = |one: Self| {
            let attachment = id::parse(&one.attachment_id)?;
            Ok(domain::GivenAttachment { attachment, kind: one.kind.into() })
        };
        given.unwrap_or_default().into_iter().map(parse).collect()
    }
}
