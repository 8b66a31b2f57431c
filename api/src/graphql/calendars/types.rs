//! The work calendar as clients see it.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use fengqiao_domain::calendars as domain;
use fengqiao_domain::kernel::calendar::{PublishedDay, Shift};

use super::enums::{CalendarDayKind, WeekdayKind};
use crate::graphql::context::member;
use crate::graphql::kit::fault::Outcome;
use crate::graphql::kit::scalars::Date;

/// By which days and hours a district works (工作日历): what every limit of working hours and days is counted by.
pub struct WorkCalendar(pub Arc<domain::TenantCalendar>);

/// The calendar of the caller's district.
pub async fn calendar_of(ctx: &Context<'_>) -> Outcome<Arc<domain::TenantCalendar>> {
    let member = member(ctx)?;
    Ok(member.services().calendars.calendar(member.scope(), member.reader()).await?)
}

/// By which days and hours a district works (工作日历): what every limit of working hours and days is counted by.
#[Object]
impl WorkCalendar {
    /// Name of the zone in which its clocks are, in the IANA database: `Asia/Shanghai`.
    async fn zone(&self) -> String {
        self.0.zone.name().to_owned()
    }

    /// Its hours since each day on which other ones began (作息时间), oldest first.
    async fn periods(&self) -> Vec<WorkPeriod> {
        self.0.periods.iter().map(WorkPeriod::of).collect()
    }

    /// The years whose days off are known, oldest first: what depends on another year is provisional.
    async fn published_years(&self) -> Vec<PublishedYear> {
        let year = |(year, days): (&i32, &Vec<PublishedDay>)| PublishedYear {
            year: *year,
            is_own: self.0.own_years.contains(year),
            days: days.iter().map(CalendarDay::of).collect(),
        };
        self.0.years.iter().map(year).collect()
    }

    /// Version, for `expectedVersion`; 0 while it is what ships with the product.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

/// Hours by which a district works from a day on, until the next period.
#[derive(SimpleObject)]
pub struct WorkPeriod {
    /// The first day; null for the first of all periods.
    since_on: Option<Date>,
    /// The hours of a working day, in order (班次).
    shifts: Vec<WorkShift>,
    /// The days of every week that are off (休息日), from Monday on.
    rest_days: Vec<WeekdayKind>,
}

impl WorkPeriod {
    fn of(period: &domain::HoursPeriod) -> Self {
        let rests = |day: &WeekdayKind| period.hours.rests_on((*day).into());
        Self {
            since_on: period.since.map(Date),
            shifts: period.hours.shifts().iter().copied().map(WorkShift::of).collect(),
            rest_days: WeekdayKind::WEEK.into_iter().filter(rests).collect(),
        }
    }
}

/// A stretch of work within a day.
#[derive(SimpleObject)]
pub struct WorkShift {
    /// When it begins, as `HH:MM`.
    from: String,
    /// When it ends, as `HH:MM`, at most `24:00`.
    until: String,
}

impl WorkShift {
    fn of(shift: Shift) -> Self {
        let time = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
        Self { from: time(shift.from), until: time(shift.until) }
    }
}

/// A year whose days off are known.
#[derive(SimpleObject)]
pub struct PublishedYear {
    /// Which year, for example 2026.
    year: i32,
    /// Whether the district brought it in itself; what ships counts otherwise.
    is_own: bool,
    /// Its days that differ from their week (节假日与调休), in order.
    days: Vec<CalendarDay>,
}

/// A day that differs from its week.
#[derive(SimpleObject)]
pub struct CalendarDay {
    /// Which day.
    falls_on: Date,
    /// What it is.
    kind: CalendarDayKind,
    /// For which festival.
    name: String,
    /// The notice that says so.
    source: String,
}

impl CalendarDay {
    fn of(day: &PublishedDay) -> Self {
        Self {
            falls_on: Date(day.date),
            kind: day.kind.into(),
            name: day.name.clone(),
            source: day.source.clone(),
        }
    }
}
