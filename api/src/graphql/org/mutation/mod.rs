//! Mutations of the org slice, one per file.

mod grid_create;
mod organisation_create;
mod tenant_create;
mod unit_create;
mod unit_group_create;
mod unit_merge;
mod unit_rename;

use async_graphql::{Context, Object};

use crate::graphql::kit::requires::{Permission, requires};

use grid_create::{GridCreateInput, GridCreatePayload};
use organisation_create::{OrganisationCreateInput, OrganisationCreatePayload};
use tenant_create::{TenantCreateInput, TenantCreatePayload};
use unit_create::{UnitCreateInput, UnitCreatePayload};
use unit_group_create::{UnitGroupCreateInput, UnitGroupCreatePayload};
use unit_merge::{UnitMergeInput, UnitMergePayload};
use unit_rename::{UnitRenameInput, UnitRenamePayload};

/// Mutations of the org slice.
#[derive(Default)]
pub struct OrgMutation;

#[Object]
impl OrgMutation {
    /// Create a grid; the allocator of its village gives the code.
    #[graphql(directive = requires::apply(Permission::GridManage))]
    async fn grid_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: GridCreateInput,
    ) -> Option<async_graphql::Result<GridCreatePayload>> {
        Some(grid_create::run(ctx, input).await.map_err(Into::into))
    }

    /// Create an organisation: a department, committee or partner.
    #[graphql(directive = requires::apply(Permission::OrganisationManage))]
    async fn organisation_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: OrganisationCreateInput,
    ) -> Option<async_graphql::Result<OrganisationCreatePayload>> {
        Some(organisation_create::run(ctx, input).await.map_err(Into::into))
    }

    /// Create a tenant together with its district unit.
    #[graphql(directive = requires::apply(Permission::TenantCreate))]
    async fn tenant_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: TenantCreateInput,
    ) -> Option<async_graphql::Result<TenantCreatePayload>> {
        Some(tenant_create::run(ctx, input).await.map_err(Into::into))
    }

    /// Create a town below the district or a village below a town.
    #[graphql(directive = requires::apply(Permission::UnitManage))]
    async fn unit_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: UnitCreateInput,
    ) -> Option<async_graphql::Result<UnitCreatePayload>> {
        Some(unit_create::run(ctx, input).await.map_err(Into::into))
    }

    /// Create a unit group: a management area, an area or a police grid.
    #[graphql(directive = requires::apply(Permission::GroupManage))]
    async fn unit_group_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: UnitGroupCreateInput,
    ) -> Option<async_graphql::Result<UnitGroupCreatePayload>> {
        Some(unit_group_create::run(ctx, input).await.map_err(Into::into))
    }

    /// Merge units of one level: they are dissolved, and the successor's people read their past. No case is rewritten.
    #[graphql(directive = requires::apply(Permission::UnitManage))]
    async fn unit_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: UnitMergeInput,
    ) -> Option<async_graphql::Result<UnitMergePayload>> {
        Some(unit_merge::run(ctx, input).await.map_err(Into::into))
    }

    /// Give a unit another name; the old one stays in its history.
    #[graphql(directive = requires::apply(Permission::UnitManage))]
    async fn unit_rename(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: UnitRenameInput,
    ) -> Option<async_graphql::Result<UnitRenamePayload>> {
        Some(unit_rename::run(ctx, input).await.map_err(Into::into))
    }
}
