//! Queries of the oversight slice.

use async_graphql::{Context, InputObject, Object};

use super::types::{OverseenDistrict, OversightGrant};
use crate::graphql::context::member;
use crate::graphql::kit::connection::{Paged, TotalCount, connection, page_request};
use crate::graphql::kit::fault::{Fault, Outcome};
use fengqiao_domain::kernel::page::PageRequest;

/// Which oversight grants are wanted.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub struct OversightGrantFilter {
    /// Whether those are wanted that count or will count, or those that count no more; without it all.
    is_lasting: Option<bool>,
}

/// Queries of the oversight slice.
#[derive(Default)]
pub struct OversightQuery;

#[Object]
impl OversightQuery {
    /// The districts that the caller may read by their leave (被督查区), now or later, by code; at most as many as gave it, some dozens.
    async fn overseen_districts(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<OverseenDistrict>> {
        Ok(districts(ctx).await?)
    }

    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    /// Who of other districts may read this one (跨区督查), newest first. Needs `OVERSIGHT_MANAGE` or `AUDIT_READ`.
    async fn oversight_grants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; all grants without it.")] filter: Option<OversightGrantFilter>,
        #[graphql(desc = "Number of grants from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of grants from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<OversightGrant>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(grants(ctx, filter.unwrap_or_default(), &page).await?)
    }
}

async fn districts(ctx: &Context<'_>) -> Outcome<Vec<OverseenDistrict>> {
    let member = member(ctx)?;
    let found = member.services().oversight.districts(member.scope(), member.reader()).await;
    Ok(found.map_err(Fault::from_failure)?.into_iter().map(Into::into).collect())
}

async fn grants(
    ctx: &Context<'_>,
    filter: OversightGrantFilter,
    page: &PageRequest,
) -> Outcome<Paged<OversightGrant>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().oversight.clone(), member.reader().clone());
    let lasting = filter.is_lasting;
    let rows = service.grants_page(reader.scope(), &reader, lasting, page).await;
    let rows = rows.map_err(Fault::from_failure)?;
    let total = TotalCount::lazily(move || {
        let (service, reader) = (service.clone(), reader.clone());
        async move {
            let count = service.grants_count(reader.scope(), &reader, lasting).await;
            count.map_err(Fault::from_failure)
        }
    });
    Ok(connection(rows, OversightGrant, total))
}
