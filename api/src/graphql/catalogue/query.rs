//! Queries of the catalogue slice.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use fengqiao_domain::catalogue as domain;
use fengqiao_domain::kernel::page::PageRequest;

use super::duty::{self, Duty, DutyFilter};
use super::types::{Category, category_of};
use crate::graphql::context::member;
use crate::graphql::kit::comparators::TextSearch;
use crate::graphql::kit::connection::{Paged, TotalCount, connection, page_request};
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::id;

/// Which categories are wanted; all conditions hold at once.
#[derive(Clone, Debug, Default, InputObject)]
pub(super) struct CategoryFilter {
    /// Only at this depth, 1 to 8: 1 gives the classes.
    #[graphql(validator(minimum = 1, maximum = 8))]
    level: Option<u32>,
    /// Only right below this category.
    parent_id: Option<ID>,
    /// Only those that new cases may (true) or may not (false) be filed under.
    is_active: Option<bool>,
    /// Only with this in the Chinese or the English name, whatever the case of its letters.
    name: Option<TextSearch>,
}

/// Queries of the catalogue slice.
#[derive(Default)]
pub struct CatalogueQuery;

#[expect(
    clippy::too_many_arguments,
    reason = "a list takes the four arguments of a connection beside its filter"
)]
#[Object]
impl CatalogueQuery {
    /// The category with an id; null when the tenant has none.
    async fn category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the category.")] id: ID,
    ) -> Option<async_graphql::Result<Category>> {
        match id::parse(&id) {
            Ok(id) => category_of(ctx, Some(id)).await.map_err(Into::into).transpose(),
            Err(fault) => Some(Err(fault.into())),
        }
    }

    /// The category with a code such as `0501`; null when the tenant has none.
    async fn category_by_code(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code within the tenant, at most 32 characters.", validator(chars_max_length = 32))]
        code: String,
    ) -> Option<async_graphql::Result<Category>> {
        by_code(ctx, &code).await.map_err(Into::into).transpose()
    }

    /// The categories of the tenant, by code.
    async fn categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; all categories without it.")] filter: Option<CategoryFilter>,
        #[graphql(desc = "Number of categories from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of categories from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Category>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        let filter = filter.unwrap_or_default();
        let filter = domain::CategoryFilter {
            level: filter.level,
            parent: id::parse_optional(filter.parent_id.as_ref())?,
            active: filter.is_active,
            name_contains: filter.name.map(|search| search.contains),
        };
        Ok(category_connection(ctx, filter, &page).await?)
    }

    /// Who answers for what (权责清单), oldest first; those that have ended are left out.
    async fn duties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; all duties without it.")] filter: Option<DutyFilter>,
        #[graphql(desc = "Number of duties from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of duties from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<Duty>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(duty::duties(ctx, filter, &page).await?)
    }
}

async fn by_code(ctx: &Context<'_>, code: &str) -> Outcome<Option<Category>> {
    let member = member(ctx)?;
    let service = &member.services().catalogue;
    Ok(service.category_by_code(member.scope(), member.reader(), code).await?.map(Category))
}

async fn category_connection(
    ctx: &Context<'_>,
    filter: domain::CategoryFilter,
    page: &PageRequest,
) -> Outcome<Paged<Category>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().catalogue.clone(), member.reader().clone());
    let rows = service.categories(reader.scope(), &reader, &filter, page).await?;
    let filter = Arc::new(filter);
    let total = TotalCount::lazily(move || {
        let (service, reader, filter) = (service.clone(), reader.clone(), Arc::clone(&filter));
        async move { Ok(service.count_categories(reader.scope(), &reader, &filter).await?) }
    });
    Ok(connection(rows, Category, total))
}
