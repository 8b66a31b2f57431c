//! Mutations of the programmes slice, one per file.

mod programme_draft;
mod programme_publish;
mod programme_update;

use async_graphql::{Context, Object};

use crate::graphql::kit::requires::{Permission, requires};

pub(super) use programme_draft::ProgrammeSourceInput;
use programme_draft::{ProgrammeDraftInput, ProgrammeDraftPayload};
use programme_publish::{ProgrammePublishInput, ProgrammePublishPayload};
use programme_update::{ProgrammeUpdateInput, ProgrammeUpdatePayload};

/// Mutations of the programmes slice.
#[derive(Default)]
pub struct ProgrammeMutation;

#[Object]
impl ProgrammeMutation {
    /// Draft the next version of a programme, or a new one; cases go on as before until it is published.
    #[graphql(directive = requires::apply(Permission::ProgrammeManage))]
    async fn programme_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: ProgrammeDraftInput,
    ) -> Option<async_graphql::Result<ProgrammeDraftPayload>> {
        Some(programme_draft::run(ctx, input).await.map_err(Into::into))
    }

    /// Publish the draft of a programme: new cases follow it, running ones stay on the version they began with.
    #[graphql(directive = requires::apply(Permission::ProgrammeManage))]
    async fn programme_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: ProgrammePublishInput,
    ) -> Option<async_graphql::Result<ProgrammePublishPayload>> {
        Some(programme_publish::run(ctx, input).await.map_err(Into::into))
    }

    /// Say whether new cases follow a programme; running ones are not touched.
    #[graphql(directive = requires::apply(Permission::ProgrammeManage))]
    async fn programme_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: ProgrammeUpdateInput,
    ) -> Option<async_graphql::Result<ProgrammeUpdatePayload>> {
        Some(programme_update::run(ctx, input).await.map_err(Into::into))
    }
}
