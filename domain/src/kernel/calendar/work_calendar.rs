//! The days and hours at which a district works.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{
    DateTime, Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone as _, Utc,
    Weekday,
};
use chrono_tz::Tz;

use crate::kernel::calendar::limit::Pause;
use crate::kernel::calendar::published::{DayKind, PublishedDay, mainland_china};
use crate::kernel::id::Timestamp;

/// Minutes of a day.
const DAY_MINUTES: u32 = 24 * 60;

/// A stretch of work within a day, in minutes from midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    /// Its first minute, at most 1439.
    pub from: u32,
    /// The minute at which it ends, at most 1440.
    pub until: u32,
}

/// The shifts of a working day and the weekly days of rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkHours {
    shifts: Vec<Shift>,
    rest: BTreeSet<u32>,
}

impl WorkHours {
    /// These shifts and weekly days of rest.
    ///
    /// # Errors
    /// [`BadCalendar`], where nobody could ever work by them.
    pub fn new(mut shifts: Vec<Shift>, rest: &[Weekday]) -> Result<Self, BadCalendar> {
        shifts.sort_unstable();
        if shifts.is_empty() {
            return Err(BadCalendar::NoShift);
        }
        if let Some(bad) = shifts.iter().find(|shift| shift.from >= shift.until || shift.until > DAY_MINUTES)
        {
            return Err(BadCalendar::BadShift { from: bad.from, until: bad.until });
        }
        if shifts.iter().zip(shifts.iter().skip(1)).any(|(one, next)| next.from < one.until) {
            return Err(BadCalendar::OverlappingShifts);
        }
        let rest: BTreeSet<u32> = rest.iter().map(Weekday::num_days_from_monday).collect();
        if rest.len() == 7 {
            return Err(BadCalendar::NoWorkday);
        }
        Ok(Self { shifts, rest })
    }

    /// The shifts, in their order.
    #[must_use]
    pub fn shifts(&self) -> &[Shift] {
        &self.shifts
    }

    /// Whether a day of the week is one of rest.
    #[must_use]
    pub fn rests_on(&self, weekday: Weekday) -> bool {
        self.rest.contains(&weekday.num_days_from_monday())
    }
}

impl Default for WorkHours {
    /// Monday to Friday from 8 to 12 and from 14 to 18 o'clock.
    fn default() -> Self {
        let shifts = vec![Shift { from: 8 * 60, until: 12 * 60 }, Shift { from: 14 * 60, until: 18 * 60 }];
        let rest = BTreeSet::from([Weekday::Sat, Weekday::Sun].map(|day| day.num_days_from_monday()));
        Self { shifts, rest }
    }
}

/// The days and hours at which a district works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkCalendar {
    zone: Tz,
    hours: WorkHours,
    /// Hours that count from a day on (夏令作息 and the like).
    later: BTreeMap<NaiveDate, WorkHours>,
    years: BTreeMap<i32, BTreeMap<NaiveDate, DayKind>>,
}

/// Why a calendar is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCalendar {
    /// No shift: no limit of working hours would ever end.
    #[error("there is no shift")]
    NoShift,
    /// A shift ends before it begins, or after midnight.
    #[error("the shift from minute {from} until minute {until} is none")]
    BadShift {
        /// Its first minute.
        from: u32,
        /// Its end.
        until: u32,
    },
    /// Two shifts overlap.
    #[error("two shifts overlap")]
    OverlappingShifts,
    /// Every day of the week is a day of rest.
    #[error("every day of the week is a day of rest")]
    NoWorkday,
}

impl WorkCalendar {
    /// A calendar of these hours in a zone, without any published year.
    #[must_use]
    pub const fn new(zone: Tz, hours: WorkHours) -> Self {
        Self { zone, hours, later: BTreeMap::new(), years: BTreeMap::new() }
    }

    /// The same calendar with other hours from a day on, until the next such day.
    #[must_use]
    pub fn with_hours_since(mut self, day: NaiveDate, hours: WorkHours) -> Self {
        self.later.insert(day, hours);
        self
    }

    /// The same calendar with the days that were published for some years. A year counts as published when at least
    /// one day of it is given; what was known of it before is forgotten.
    #[must_use]
    pub fn with_published(mut self, days: &[PublishedDay]) -> Self {
        for day in days {
            self.years.insert(day.date.year(), BTreeMap::new());
        }
        for day in days {
            self.years.entry(day.date.year()).or_default().insert(day.date, day.kind);
        }
        self
    }

    /// Whether the days off of a year were published.
    #[must_use]
    pub fn knows(&self, year: i32) -> bool {
        self.years.contains_key(&year)
    }

    /// Whether a day is worked on.
    #[must_use]
    pub fn is_workday(&self, date: NaiveDate) -> bool {
        match self.years.get(&date.year()).and_then(|days| days.get(&date)) {
            Some(kind) => *kind == DayKind::Workday,
            None => !self.hours_of(date).rests_on(date.weekday()),
        }
    }

    /// The hours that count on a day.
    #[must_use]
    pub fn hours_of(&self, date: NaiveDate) -> &WorkHours {
        self.later.range(..=date).next_back().map_or(&self.hours, |(_, hours)| hours)
    }

    /// Tells calendars apart by which other due times come out; never 0.
    #[must_use]
    pub fn fingerprint(&self) -> i64 {
        let mut hash = Fnv::default();
        hash.text(self.zone.name());
        hash.hours(&self.hours);
        for (day, hours) in &self.later {
            hash.number(day.num_days_from_ce());
            hash.hours(hours);
        }
        for (day, kind) in self.years.values().flatten() {
            hash.number(day.num_days_from_ce());
            hash.text(kind.into());
        }
        hash.positive()
    }

    /// What the clocks show at an instant.
    #[must_use]
    pub fn wall(&self, at: Timestamp) -> NaiveDateTime {
        let utc = DateTime::from_timestamp_micros(at.micros()).unwrap_or(DateTime::<Utc>::MAX_UTC);
        utc.with_timezone(&self.zone).naive_local()
    }

    /// The whole days of a span; none when there are none.
    #[must_use]
    pub fn whole_days(&self, span: Pause) -> Option<Pause> {
        let day = self.date(span.from);
        let begins = self.day(day).0;
        let from = if begins == span.from { begins } else { self.day(next(day)).0 };
        let until = span.until.map(|until| self.day(self.date(until)).0);
        until.is_none_or(|until| until > from).then_some(Pause { from, until })
    }

    /// When a day begins.
    #[must_use]
    pub fn beginning(&self, date: NaiveDate) -> Timestamp {
        self.instant(date, 0)
    }

    /// When the day of an instant began.
    #[must_use]
    pub fn midnight(&self, at: Timestamp) -> Timestamp {
        self.beginning(self.date(at))
    }

    /// The working hours of a day; none on a day of rest.
    pub(super) fn hours(&self, date: NaiveDate) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let shifts = if self.is_workday(date) { self.hours_of(date).shifts() } else { &[] };
        shifts.iter().map(move |shift| (self.instant(date, shift.from), self.instant(date, shift.until)))
    }

    /// The whole of a day.
    pub(super) fn day(&self, date: NaiveDate) -> (Timestamp, Timestamp) {
        (self.instant(date, 0), self.instant(date, DAY_MINUTES))
    }

    /// When the offices close on a day, or would if it were worked on.
    pub(super) fn closing(&self, date: NaiveDate) -> Timestamp {
        self.instant(date, self.hours_of(date).shifts.last().map_or(DAY_MINUTES, |shift| shift.until))
    }

    /// The date of an instant.
    pub(super) fn date(&self, at: Timestamp) -> NaiveDate {
        self.wall(at).date()
    }

    /// The instant of a minute of a date; minute 1440 is the midnight at its end. A time that the clocks leave out is
    /// taken as the first one after it, one that they show twice as its first.
    fn instant(&self, date: NaiveDate, minute: u32) -> Timestamp {
        let wall = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute));
        let mut later = (0..=24).map(|quarter| wall + TimeDelta::minutes(15 * quarter));
        let found = later.find_map(|wall| self.zone.from_local_datetime(&wall).earliest());
        Timestamp(found.map_or_else(|| wall.and_utc().timestamp_micros(), |at| at.timestamp_micros()))
    }
}

impl Default for WorkCalendar {
    /// The usual hours in the zone of mainland China, with the days published for it that are shipped
    /// (`domain/calendars/mainland_china.csv`).
    fn default() -> Self {
        Self::new(Tz::Asia__Shanghai, WorkHours::default()).with_published(mainland_china())
    }
}

/// FNV-1a over what makes a calendar: it must stay the same from one version of the product to the next.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// A text and its end.
    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
        self.bytes(&[0]);
    }

    fn number(&mut self, number: i32) {
        self.bytes(&number.to_le_bytes());
    }

    fn hours(&mut self, hours: &WorkHours) {
        for shift in &hours.shifts {
            self.bytes(&shift.from.to_le_bytes());
            self.bytes(&shift.until.to_le_bytes());
        }
        self.text("rest");
        for day in &hours.rest {
            self.bytes(&day.to_le_bytes());
        }
        self.text("end");
    }

    fn positive(&self) -> i64 {
        i64::try_from(self.0 >> 1).unwrap_or(1).max(1)
    }
}

/// The day after.
pub(super) fn next(date: NaiveDate) -> NaiveDate {
    date.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX)
}
