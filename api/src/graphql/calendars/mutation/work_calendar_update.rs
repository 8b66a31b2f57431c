//! `workCalendarUpdate`.

use std::sync::Arc;

use async_graphql::{Context, InputObject, SimpleObject};
use fengqiao_domain::calendars as domain;

use crate::graphql::calendars::enums::WeekdayKind;
use crate::graphql::calendars::error::CalendarUserError;
use crate::graphql::calendars::types::WorkCalendar;
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::mutation::{claimed, settled};
use crate::graphql::kit::scalars::Date;

/// Input of `workCalendarUpdate`. What is absent stays.
#[derive(InputObject)]
pub(super) struct WorkCalendarUpdateInput {
    /// The version the caller saw; 0 while it is what ships with the product.
    expected_version: i64,
    /// Name of the zone in the IANA database, at most 40 characters: `Asia/Shanghai`.
    zone: Option<String>,
    /// All periods, oldest first, at most 200. Only the first may be without `sinceOn`; else Monday to Friday from 08:00
    /// to 12:00 and 14:00 to 18:00 counts before it.
    periods: Option<Vec<WorkPeriodInput>>,
}

/// Hours by which a district works from a day on.
#[derive(InputObject)]
pub(super) struct WorkPeriodInput {
    /// The first day on which they count.
    since_on: Option<Date>,
    /// The hours of a working day, apart from each other, 1 to 24.
    shifts: Vec<WorkShiftInput>,
    /// The days of every week that are off, 0 to 6.
    rest_days: Vec<WeekdayKind>,
}

/// A stretch of work within a day.
#[derive(InputObject)]
pub(super) struct WorkShiftInput {
    /// When it begins: `HH:MM`, 5 characters.
    from: String,
    /// When it ends: `HH:MM`, 5 characters, at most `24:00`.
    until: String,
}

/// Outcome of `workCalendarUpdate`.
#[derive(SimpleObject)]
pub(super) struct WorkCalendarUpdatePayload {
    /// The calendar after it; null when `userErrors` says why not.
    work_calendar: Option<WorkCalendar>,
    /// What the caller can mend; empty when it was done.
    user_errors: Vec<CalendarUserError>,
}

/// Say where the district's clocks are and by which hours it works.
pub(super) async fn run(
    ctx: &Context<'_>,
    input: WorkCalendarUpdateInput,
) -> Outcome<WorkCalendarUpdatePayload> {
    let member = member(ctx)?;
    let scope = claimed(ctx, member, "workCalendarUpdate")?;
    let periods = input.periods.map(|periods| periods.into_iter().map(written).collect());
    let command =
        domain::UpdateCalendar { expected_version: input.expected_version, zone: input.zone, periods };
    let outcome = member.services().calendars.update_calendar(&scope, command).await;
    Ok(match settled(ctx, member, outcome).await? {
        Ok(calendar) => WorkCalendarUpdatePayload {
            work_calendar: Some(WorkCalendar(Arc::new(calendar))),
            user_errors: vec![],
        },
        Err(problems) => WorkCalendarUpdatePayload {
            work_calendar: None,
            user_errors: CalendarUserError::all(ctx, problems),
        },
    })
}

fn written(period: WorkPeriodInput) -> domain::WrittenHours {
    let shift = |shift: WorkShiftInput| domain::WrittenShift { from: shift.from, until: shift.until };
    domain::WrittenHours {
        since: period.since_on.map(|day| day.0),
        shifts: period.shifts.into_iter().map(shift).collect(),
        rest: period.rest_days.into_iter().map(Into::into).collect(),
    }
}
