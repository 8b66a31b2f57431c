//! Mutations of the calendars slice, one per file.

mod work_calendar_update;

use async_graphql::{Context, Object};

use crate::graphql::kit::requires::{Permission, requires};
use work_calendar_update::{WorkCalendarUpdateInput, WorkCalendarUpdatePayload};

/// Mutations of the calendars slice.
#[derive(Default)]
pub struct CalendarMutation;

#[Object]
impl CalendarMutation {
    /// Say where the district's clocks are and by which hours it works; open cases are reckoned anew soon after.
    /// Days off come in by `importStart`.
    #[graphql(directive = requires::apply(Permission::CalendarManage))]
    async fn work_calendar_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to do.")] input: WorkCalendarUpdateInput,
    ) -> Option<async_graphql::Result<WorkCalendarUpdatePayload>> {
        Some(work_calendar_update::run(ctx, input).await.map_err(Into::into))
    }
}
