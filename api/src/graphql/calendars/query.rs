//! Queries of the calendars slice.

use async_graphql::{Context, Object};

use super::types::{WorkCalendar, calendar_of};

/// Queries of the calendars slice.
#[derive(Default)]
pub struct CalendarQuery;

#[Object]
impl CalendarQuery {
    /// By which days and hours the caller's district works.
    async fn work_calendar(&self, ctx: &Context<'_>) -> Option<async_graphql::Result<WorkCalendar>> {
        Some(calendar_of(ctx).await.map(WorkCalendar).map_err(Into::into))
    }
}
