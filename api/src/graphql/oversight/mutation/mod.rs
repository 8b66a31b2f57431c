//! Mutations of the oversight slice, one per file.

mod oversight_grant_create;
mod oversight_grant_revoke;
mod session_create_for_oversight;

use async_graphql::{Context, Object};

use crate::graphql::kit::requires::{Permission, requires};

use oversight_grant_create::{OversightGrantCreateInput, OversightGrantCreatePayload};
use oversight_grant_revoke::{OversightGrantRevokeInput, OversightGrantRevokePayload};
use session_create_for_oversight::{SessionCreateForOversightInput, SessionCreateForOversightPayload};

/// Mutations of the oversight slice.
#[derive(Default)]
pub struct OversightMutation;

#[Object]
impl OversightMutation {
    /// Let somebody of another district read this one, or a town of it, for a time and a reason (跨区督查授权). They see no sensitive cases, names of
    /// residents and all numbers masked, names and posts of the district's staff whole, and change nothing.
    #[graphql(directive = requires::apply(Permission::OversightManage))]
    async fn oversight_grant_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: OversightGrantCreateInput,
    ) -> Option<async_graphql::Result<OversightGrantCreatePayload>> {
        Some(oversight_grant_create::run(ctx, input).await.map_err(Into::into))
    }

    /// Take the leave to read this district back: whoever came by it is out at once.
    #[graphql(directive = requires::apply(Permission::OversightManage))]
    async fn oversight_grant_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: OversightGrantRevokeInput,
    ) -> Option<async_graphql::Result<OversightGrantRevokePayload>> {
        Some(oversight_grant_revoke::run(ctx, input).await.map_err(Into::into))
    }

    /// Go to read another district by its leave (进入被督查区): the session that it opens is of that district, changes nothing there, and ends with the
    /// leave and with the caller's own session. Each coming is in the audit trails of both districts.
    async fn session_create_for_oversight(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: SessionCreateForOversightInput,
    ) -> Option<async_graphql::Result<SessionCreateForOversightPayload>> {
        Some(session_create_for_oversight::run(ctx, input).await.map_err(Into::into))
    }
}
