//! `exportApprove`.

use async_graphql::{Context, ID, InputObject, SimpleObject};
use fengqiao_domain::sheets::{DecideExport, Decision};

use super::decided;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;
use crate::graphql::sheets::SheetUserError;
use crate::graphql::sheets::types::ExportReview;

/// Input of `exportApprove`.
#[derive(InputObject)]
pub(super) struct ExportApproveInput {
    /// Which one waits.
    export_review_id: ID,
    /// Why, up to 200 characters.
    note: Option<String>,
}

/// Outcome of `exportApprove`.
#[derive(SimpleObject)]
pub(super) struct ExportApprovePayload {
    /// The review after the change; null when `userErrors` says why not.
    export_review: Option<ExportReview>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<SheetUserError>,
}

/// Let somebody else's file go out.
pub(super) async fn run(ctx: &Context<'_>, input: ExportApproveInput) -> Outcome<ExportApprovePayload> {
    let review = id::parse(&input.export_review_id)?;
    let command = DecideExport { review, decision: Decision::Approved, note: input.note };
    let (export_review, user_errors) = decided(ctx, "exportApprove", command).await?;
    Ok(ExportApprovePayload { export_review, user_errors })
}
