//! Queries of the sheets slice.

use async_graphql::{Context, InputObject, Object};
use fengqiao_domain::kernel::page::PageRequest;

use super::types::ExportReview;
use crate::graphql::context::member;
use crate::graphql::kit::connection::{Paged, TotalCount, connection, page_request};
use crate::graphql::kit::fault::{Fault, Outcome};

/// Which export reviews are wanted.
#[derive(Clone, Copy, Debug, Default, InputObject)]
pub struct ExportReviewFilter {
    /// Whether those are wanted that wait for somebody's word, or those that do not any more; without it all.
    is_waiting: Option<bool>,
}

/// Queries of the sheets slice.
#[derive(Default)]
pub struct SheetQuery;

#[Object]
impl SheetQuery {
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    /// Files of many people that somebody else than their taker must approve (导出审批), newest first. Needs `EXPORT_APPROVE` or `AUDIT_READ`.
    async fn export_reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Conditions; all reviews without it.")] filter: Option<ExportReviewFilter>,
        #[graphql(desc = "Number of reviews from the start, 1 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Cursor to start after.")] after: Option<String>,
        #[graphql(desc = "Number of reviews from the end, 1 to 100.")] last: Option<i32>,
        #[graphql(desc = "Cursor to end before.")] before: Option<String>,
    ) -> async_graphql::Result<Paged<ExportReview>> {
        let page = page_request(first, after.as_deref(), last, before.as_deref())?;
        Ok(reviews(ctx, filter.unwrap_or_default(), &page).await?)
    }
}

async fn reviews(
    ctx: &Context<'_>,
    filter: ExportReviewFilter,
    page: &PageRequest,
) -> Outcome<Paged<ExportReview>> {
    let member = member(ctx)?;
    let (service, reader) = (member.services().sheets.clone(), member.reader().clone());
    let waiting = filter.is_waiting;
    let rows = service.reviews_page(reader.scope(), &reader, waiting, page).await;
    let rows = rows.map_err(Fault::from_failure)?;
    let total = TotalCount::lazily(move || {
        let (service, reader) = (service.clone(), reader.clone());
        async move {
            let count = service.reviews_count(reader.scope(), &reader, waiting).await;
            count.map_err(Fault::from_failure)
        }
    });
    Ok(connection(rows, ExportReview, total))
}
