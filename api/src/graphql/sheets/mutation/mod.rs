//! Mutations of the sheets slice, one per file.

mod export_start;
mod import_start;

use async_graphql::{Context, Object};

use crate::graphql::kit::requires::{Permission, requires};

use crate::graphql::kit::weight::cost;
use export_start::{ExportStartInput, ExportStartPayload};
use import_start::{ImportStartInput, ImportStartPayload};

/// Mutations of the sheets slice.
#[derive(Default)]
pub struct SheetMutation;

#[Object]
impl SheetMutation {
    /// Begin to write a file of what the caller sees; `exportProgress` tells how far it is.
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
