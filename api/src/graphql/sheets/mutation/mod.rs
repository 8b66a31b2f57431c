//! Mutations of the sheets slice, one per file.

mod export_approve;
mod export_decline;
mod export_start;
mod import_start;

use async_graphql::{Context, Object};
use fengqiao_domain::sheets::DecideExport;

use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::kit::requires::{Permission, requires};
use crate::graphql::kit::weight::cost;
use crate::graphql::sheets::SheetUserError;
use crate::graphql::sheets::types::ExportReview;
use export_approve::{ExportApproveInput, ExportApprovePayload};
use export_decline::{ExportDeclineInput, ExportDeclinePayload};
use export_start::{ExportStartInput, ExportStartPayload};
use import_start::{ImportStartInput, ImportStartPayload};

/// Mutations of the sheets slice.
#[derive(Default)]
pub struct SheetMutation;

#[Object]
impl SheetMutation {
    /// Let somebody else's file of many people go out (审批通过). Its taker fetches it from now on, as long as a file is kept.
    #[graphql(directive = requires::apply(Permission::ExportApprove))]
    async fn export_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: ExportApproveInput,
    ) -> Option<async_graphql::Result<ExportApprovePayload>> {
        Some(export_approve::run(ctx, input).await.map_err(Into::into))
    }

    /// Keep somebody else's file of many people from going out (审批不通过).
    #[graphql(directive = requires::apply(Permission::ExportApprove))]
    async fn export_decline(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: ExportDeclineInput,
    ) -> Option<async_graphql::Result<ExportDeclinePayload>> {
        Some(export_decline::run(ctx, input).await.map_err(Into::into))
    }

    /// Begin to write a file of what the caller sees; `exportProgress` tells how far it is. A file of very many people goes out once somebody else
    /// approves it, and in a day so many are taken out and no more. The audit trail needs `AUDIT_READ` instead.
    #[graphql(directive = requires::apply(Permission::DataExport), directive = cost::apply("100".into()))]
    async fn export_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: ExportStartInput,
    ) -> Option<async_graphql::Result<ExportStartPayload>> {
        Some(export_start::run(ctx, input).await.map_err(Into::into))
    }

    /// Announce a file that is to come in; its bytes go to its `uploadPath`, and `importProgress` tells how far it is.
    #[graphql(directive = requires::apply(Permission::DataImport), directive = cost::apply("100".into()))]
    async fn import_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: ImportStartInput,
    ) -> Option<async_graphql::Result<ImportStartPayload>> {
        Some(import_start::run(ctx, input).await.map_err(Into::into))
    }
}

/// What somebody says of a file: the review after it, and what is wrong with the request.
async fn decided(
    ctx: &Context<'_>,
    field: &'static str,
    command: DecideExport,
) -> Outcome<(Option<ExportReview>, Vec<SheetUserError>)> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, field)?;
    let outcome = member.services().sheets.review_export(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(review) => (Some(ExportReview(review)), vec![]),
        Err(problems) => (None, SheetUserError::all(ctx, problems)),
    })
}
