//! Plain values of the calendars slice.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate};
use chrono_tz::Tz;

use crate::kernel::calendar::{PublishedDay, WorkCalendar, WorkHours, mainland_china};

/// Hours, and since when a district works by them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoursPeriod {
    /// The first day; none for those of before every other.
    pub since: Option<NaiveDate>,
    /// The hours.
    pub hours: WorkHours,
}

/// The work calendar of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantCalendar {
    /// Where its clocks are.
    pub zone: Tz,
    /// Its hours, oldest first; at least one.
    pub periods: Vec<HoursPeriod>,
    /// The days that differ from their week, by year: of the years that were published.
    pub years: BTreeMap<i32, Vec<PublishedDay>>,
    /// The years that the tenant brought in itself.
    pub own_years: BTreeSet<i32>,
    /// Version, for optimistic concurrency; 0 where it is what ships.
    pub version: i64,
    calendar: WorkCalendar,
    fingerprint: i64,
}

impl TenantCalendar {
    /// The calendar of a zone with these hours, and with these years in place of the shipped ones.
    #[must_use]
    pub(super) fn new(
        zone: Tz,
        periods: Vec<HoursPeriod>,
        own: BTreeMap<i32, Vec<PublishedDay>>,
        version: i64,
    ) -> Self {
        let mut years: BTreeMap<i32, Vec<PublishedDay>> = BTreeMap::new();
        for day in mainland_china() {
            years.entry(day.date.year()).or_default().push(day.clone());
        }
        let own_years = own.keys().copied().collect();
        years.extend(own);
        let first = periods.iter().find(|period| period.since.is_none());
        let first = first.map_or_else(WorkHours::default, |period| period.hours.clone());
        let mut calendar = WorkCalendar::new(zone, first);
        for period in &periods {
            if let Some(since) = period.since {
                calendar = calendar.with_hours_since(since, period.hours.clone());
            }
        }
        for days in years.values() {
            calendar = calendar.with_published(days);
        }
        let fingerprint = calendar.fingerprint();
        Self { zone, periods, years, own_years, version, calendar, fingerprint }
    }

    /// By what deadlines are reckoned.
    #[must_use]
    pub const fn calendar(&self) -> &WorkCalendar {
        &self.calendar
    }

    /// Tells it apart from every calendar by which other due times come out.
    #[must_use]
    pub const fn fingerprint(&self) -> i64 {
        self.fingerprint
    }
}

impl Default for TenantCalendar {
    /// What ships with the product.
    fn default() -> Self {
        let usual = HoursPeriod { since: None, hours: WorkHours::default() };
        Self::new(Tz::Asia__Shanghai, vec![usual], BTreeMap::new(), 0)
    }
}
