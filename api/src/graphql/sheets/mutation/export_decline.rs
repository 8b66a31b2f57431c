//! `exportDecline`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::sheets::{DecideExport, Decision};

use super::decided;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::sheets::SheetUserError;
use crate::graphql::sheets::types::ExportReview;

/// Input of `exportDecline`.
#[derive(InputObject)]
pub(super) struct ExportDeclineInput {
    /// Which one waits.
    export_review_id: ID,
    /// Why, 1 to 200 characters: whoever wanted it reads it.
    note: String,
}

/// Outcome of `exportDecline`.
#[derive(SimpleObject)]
pub(super) struct ExportDeclinePayload {
    /// The review after the change; null when `userErrors` says why not.
    export_review: Option<ExportReview>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<SheetUserError>,
}

/// Keep somebody else's file from going out.
pub(super) async fn run(ctx: &Context<'_>, input: ExportDeclineInput) -> Outcome<ExportDeclinePayload> {
    let review = id::parse(&input.export_review_id)?;
    let command = DecideExport { review, decision: Decision::Declined, note: Some(input.note) };
    let (export_review, user_errors) = decided(ctx, "exportDecline", command).await?;
    Ok(ExportDeclinePayload { export_review, user_errors })
}
