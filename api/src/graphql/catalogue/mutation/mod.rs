//! Mutations of the catalogue slice, one per file.

mod category_create;
mod category_update;
mod duty_create;
mod duty_end;
mod limit;

use async_graphql::{Context, Object};

use crate::graphql::kit::requires::{Permission, requires};

pub use limit::CaseLimitInput;

use category_create::{CategoryCreateInput, CategoryCreatePayload};
use category_update::{CategoryUpdateInput, CategoryUpdatePayload};
use duty_create::{DutyCreateInput, DutyCreatePayload};
use duty_end::{DutyEndInput, DutyEndPayload};

/// Mutations of the catalogue slice.
#[derive(Default)]
pub struct CatalogueMutation;

#[Object]
impl CatalogueMutation {
    /// Create a category at the root or below another; new cases may be filed under it at once.
    #[graphql(directive = requires::apply(Permission::CategoryManage))]
    async fn category_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CategoryCreateInput,
    ) -> Option<async_graphql::Result<CategoryCreatePayload>> {
        Some(category_create::run(ctx, input).await.map_err(Into::into))
    }

    /// Change a category's names, terms or whether it is in use; running cases keep the terms they began with.
    #[graphql(directive = requires::apply(Permission::CategoryManage))]
    async fn category_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: CategoryUpdateInput,
    ) -> Option<async_graphql::Result<CategoryUpdatePayload>> {
        Some(category_update::run(ctx, input).await.map_err(Into::into))
    }

    /// Write down that an organisation answers for a category and all below it within a unit (权责清单); reports go by it at once.
    #[graphql(directive = requires::apply(Permission::CategoryManage))]
    async fn duty_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: DutyCreateInput,
    ) -> Option<async_graphql::Result<DutyCreatePayload>> {
        Some(duty_create::run(ctx, input).await.map_err(Into::into))
    }

    /// End a duty: the organisation answers for the category there no longer. Cases stay where they are.
    #[graphql(directive = requires::apply(Permission::CategoryManage))]
    async fn duty_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: DutyEndInput,
    ) -> Option<async_graphql::Result<DutyEndPayload>> {
        Some(duty_end::run(ctx, input).await.map_err(Into::into))
    }
}
