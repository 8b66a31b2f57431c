//! Rows of the calendars slice to values and back.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{NaiveDate, Weekday};
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::Expr;
use serde_json::{Value, json};

use fengqiao_entity::calendars::{calendar_year, work_calendar};

use crate::calendars::model::{HoursPeriod, TenantCalendar};
use crate::kernel::calendar::{PublishedDay, Shift, WorkHours};
use crate::store::{Derived, StoreError, Tx};

/// Hours as the column holds them: since when, the shifts, and the ISO numbers of the days of rest.
type Row = (Option<NaiveDate>, Vec<(u32, u32)>, Vec<u32>);

const WEEK: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

impl Derived for TenantCalendar {
    async fn derive(tx: &Tx) -> Result<Self, StoreError> {
        let Some(row) = tx.select::<work_calendar::Entity>().one().await? else { return Ok(Self::default()) };
        let rows = tx.select::<calendar_year::Entity>().all().await?;
        let mut years = BTreeMap::new();
        for row in rows {
            years.insert(row.year, days(&row.days)?);
        }
        let zone = row.zone.parse();
        let zone = zone.map_err(|_| StoreError::corrupt("work_calendars", "zone", &row.zone))?;
        Ok(Self::new(zone, periods(&row.hours)?, years, row.version))
    }
}

/// The tenant's calendar, as it was some seconds ago at most.
pub(super) async fn remembered(tx: &Tx) -> Result<Arc<TenantCalendar>, StoreError> {
    match tx.standing::<TenantCalendar>().await? {
        Some(calendar) => Ok(calendar),
        None => Ok(Arc::new(present(tx).await?)),
    }
}

/// What the tables say now, whatever was remembered.
pub(super) async fn present(tx: &Tx) -> Result<TenantCalendar, StoreError> {
    TenantCalendar::derive(tx).await
}

fn periods(text: &str) -> Result<Vec<HoursPeriod>, StoreError> {
    let corrupt = || StoreError::corrupt("work_calendars", "hours", text);
    let rows: Vec<Row> = serde_json::from_str(text).map_err(|_| corrupt())?;
    rows.into_iter()
        .map(|(since, shifts, rest)| {
            let shifts = shifts.into_iter().map(|(from, until)| Shift { from, until }).collect();
            let rest: Vec<Weekday> =
                WEEK.into_iter().filter(|day| rest.contains(&day.number_from_monday())).collect();
            Ok(HoursPeriod { since, hours: WorkHours::new(shifts, &rest).map_err(|_| corrupt())? })
        })
        .collect()
}

fn periods_text(periods: &[HoursPeriod]) -> String {
    let rows = periods.iter().map(|period| {
        let shifts: Vec<_> = period.hours.shifts().iter().map(|shift| (shift.from, shift.until)).collect();
        let rest = WEEK.into_iter().filter(|day| period.hours.rests_on(*day));
        json!([period.since, shifts, rest.map(|day| day.number_from_monday()).collect::<Vec<_>>()])
    });
    Value::Array(rows.collect()).to_string()
}

fn days(text: &str) -> Result<Vec<PublishedDay>, StoreError> {
    let corrupt = || StoreError::corrupt("calendar_years", "days", text);
    let rows: Vec<(NaiveDate, String, String, String)> = serde_json::from_str(text).map_err(|_| corrupt())?;
    rows.into_iter()
        .map(|(date, kind, name, source)| {
            Ok(PublishedDay { date, kind: kind.parse().map_err(|_| corrupt())?, name, source })
        })
        .collect()
}

fn days_text(days: &[PublishedDay]) -> String {
    let rows = days.iter().map(|day| json!([day.date, <&'static str>::from(day.kind), day.name, day.source]));
    Value::Array(rows.collect()).to_string()
}

/// Writes the zone and the hours of a calendar whose version was `expected`: whether it still was.
pub(super) async fn write(tx: &Tx, calendar: &TenantCalendar, expected: i64) -> Result<bool, StoreError> {
    let (zone, hours) = (calendar.zone.name().to_owned(), periods_text(&calendar.periods));
    if expected == 0 {
        let tenant_id = tx.scope().tenant();
        let row = work_calendar::Model { tenant_id, zone, hours, version: calendar.version };
        return match tx.insert(row).await {
            Ok(()) => Ok(true),
            // Somebody else made the first one.
            Err(StoreError::Conflict { .. }) => Ok(false),
            Err(error) => Err(error),
        };
    }
    let changed = tx
        .update::<work_calendar::Entity>()
        .set(work_calendar::Column::Zone, Expr::val(zone))
        .set(work_calendar::Column::Hours, Expr::val(hours))
        .set(work_calendar::Column::Version, Expr::val(calendar.version))
        .filter(work_calendar::Column::Version.eq(expected))
        .run()
        .await?;
    Ok(changed == 1)
}

/// Writes the days of a year, in place of those that the tenant brought in before.
pub(super) async fn write_year(tx: &Tx, year: i32, days: &[PublishedDay]) -> Result<(), StoreError> {
    let days = days_text(days);
    let changed = tx
        .update::<calendar_year::Entity>()
        .set(calendar_year::Column::Days, Expr::val(days.clone()))
        .filter(calendar_year::Column::Year.eq(year))
        .run()
        .await?;
    if changed > 0 {
        return Ok(());
    }
    tx.insert(calendar_year::Model { tenant_id: tx.scope().tenant(), year, days }).await
}
