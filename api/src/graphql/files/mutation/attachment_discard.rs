//! `attachmentDiscard`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::files::DiscardAttachment;

use crate::graphql::context::member;
use crate::graphql::files::FileUserError;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::kit::mutation::{claimed, settled};

/// Input of `attachmentDiscard`.
#[derive(InputObject)]
pub(super) struct AttachmentDiscardInput {
    /// Which attachment is discarded.
    attachment_id: ID,
}

/// Outcome of `attachmentDiscard`.
#[derive(SimpleObject)]
pub(super) struct AttachmentDiscardPayload {
    /// Whether it is gone; null when `userErrors` says why not.
    is_discarded: Option<bool>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<FileUserError>,
}

/// Discard an attachment that is attached to nothing.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: AttachmentDiscardInput,
) -> Outcome<AttachmentDiscardPayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "attachmentDiscard")?;
    let command = DiscardAttachment { attachment: id::parse(&input.attachment_id)? };
    let outcome = member.services().files.discard(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(()) => AttachmentDiscardPayload { is_discarded: Some(true), user_errors: vec![] },
        Err(problems) => {
            AttachmentDiscardPayload { is_discarded: None, user_errors: FileUserError::all(ctx, problems) }
        }
    })
}
