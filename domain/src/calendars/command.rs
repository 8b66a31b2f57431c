//! Inputs of the calendars slice's use cases, and what makes them valid.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate, Weekday};
use chrono_tz::Tz;

use crate::calendars::error::CalendarError;
use crate::calendars::model::HoursPeriod;
use crate::kernel::calendar::{BadCalendar, DayKind, PublishedDay, Shift, WorkCalendar, WorkHours};
use crate::kernel::failure::Problem;
use crate::kernel::sheet::{BadRow, Cells, Columns, SheetFile};

/// Most periods of a calendar: two seasons a year for a hundred years.
const PERIOD_LIMIT: usize = 200;
/// Most shifts of a day: one each hour.
const SHIFT_LIMIT: usize = 24;
/// Most characters of a festival's or a notice's name.
const NAME_LIMIT: usize = 60;
/// The years that a file of days can be of: the weekend has had two days since 1995.
const YEARS: std::ops::RangeInclusive<i32> = 1995..=2100;

/// A shift as somebody writes it.
#[derive(Clone, Debug)]
pub struct WrittenShift {
    /// `HH:MM`.
    pub from: String,
    /// `HH:MM`, at most `24:00`.
    pub until: String,
}

/// Hours as somebody writes them.
#[derive(Clone, Debug)]
pub struct WrittenHours {
    /// The first day; none for the first of all.
    pub since: Option<NaiveDate>,
    /// The shifts.
    pub shifts: Vec<WrittenShift>,
    /// The weekly days of rest.
    pub rest: Vec<Weekday>,
}

/// Say where a district's clocks are and by which hours it works.
#[derive(Clone, Debug)]
pub struct UpdateCalendar {
    /// The version that the caller saw.
    pub expected_version: i64,
    /// Name of the zone; none keeps it.
    pub zone: Option<String>,
    /// All of its hours; none keeps them.
    pub periods: Option<Vec<WrittenHours>>,
}

pub(super) fn zone(name: &str) -> Result<Tz, Problem<CalendarError>> {
    name.parse().map_err(|_| Problem::at("zone", CalendarError::InvalidZone))
}

/// The periods that are written; where the first of them has a first day, the usual hours count before it.
pub(super) fn periods(written: &[WrittenHours]) -> Result<Vec<HoursPeriod>, Problem<CalendarError>> {
    let at = |index: usize, part: &str, error| Err(Problem::at(&format!("periods.{index}.{part}"), error));
    if written.len() > PERIOD_LIMIT {
        return Err(Problem::at("periods", CalendarError::TooManyPeriods { limit: PERIOD_LIMIT }));
    }
    let mut periods: Vec<HoursPeriod> = vec![];
    for (index, hours) in written.iter().enumerate() {
        let follows = periods.last().is_none_or(|last| hours.since > last.since);
        if !follows {
            return at(index, "sinceOn", CalendarError::InvalidPeriods);
        }
        if hours.shifts.len() > SHIFT_LIMIT {
            return at(index, "shifts", CalendarError::InvalidShifts);
        }
        let mut shifts = vec![];
        for (number, shift) in hours.shifts.iter().enumerate() {
            match (minute(&shift.from), minute(&shift.until)) {
                (Some(from), Some(until)) => shifts.push(Shift { from, until }),
                (None, _) => return at(index, &format!("shifts.{number}.from"), CalendarError::InvalidTime),
                (_, None) => return at(index, &format!("shifts.{number}.until"), CalendarError::InvalidTime),
            }
        }
        let hours_of = WorkHours::new(shifts, &hours.rest);
        match hours_of {
            Ok(read) => periods.push(HoursPeriod { since: hours.since, hours: read }),
            Err(BadCalendar::NoWorkday) => return at(index, "restDays", CalendarError::NoWorkday),
            Err(_) => return at(index, "shifts", CalendarError::InvalidShifts),
        }
    }
    if periods.first().is_none_or(|first| first.since.is_some()) {
        periods.insert(0, HoursPeriod { since: None, hours: WorkHours::default() });
    }
    Ok(periods)
}

/// The minute of a time of day.
fn minute(text: &str) -> Option<u32> {
    let (hours, minutes) = text.split_once(':')?;
    let part = |text: &str| {
        (text.len() == 2 && text.bytes().all(|digit| digit.is_ascii_digit()))
            .then(|| text.parse::<u32>().ok())?
    };
    let (hours, minutes) = (part(hours)?, part(minutes)?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= 24 * 60).then_some(minute)
}

/// The law gives eleven days off a year, and thirteen since 2025 (全国年节及纪念日放假办法, article 2): a year with fewer is not
/// whole, and what it leaves out would be worked on.
const LEAST_HOLIDAYS: usize = 11;

/// The columns of a file of days.
pub(super) const COLUMNS: [&str; 4] = ["date", "kind", "name", "source"];

/// The days of a file by their years, as far as they can be read. Of a day that is worked on anyway nothing is to be
/// published: it is a slip.
pub(super) fn days(
    file: SheetFile,
    calendar: &WorkCalendar,
    bad: &mut Vec<BadRow>,
) -> BTreeMap<i32, Vec<PublishedDay>> {
    let rows = file.rows(Columns { known: &COLUMNS, required: &COLUMNS }, bad);
    let mut years: BTreeMap<i32, Vec<PublishedDay>> = BTreeMap::new();
    let (mut first, mut seen) = (BTreeMap::new(), BTreeSet::new());
    for (row, cells) in rows {
        let mut cells = Cells::new(row, cells, bad);
        let Some(day) = day(&mut cells) else { continue };
        if !seen.insert(day.date) {
            cells.refuse("date", "stands in the file twice");
        }
        // A district that rests on Sundays alone takes the list of the others, in which Saturdays are worked on instead.
        let rests = calendar.hours_of(day.date).rests_on(day.date.weekday());
        let weekend = matches!(day.date.weekday(), Weekday::Sat | Weekday::Sun);
        if day.kind == DayKind::Workday && !rests && !weekend {
            cells.refuse("kind", "is a day that is worked on anyway");
        }
        first.entry(day.date.year()).or_insert(row);
        years.entry(day.date.year()).or_default().push(day);
    }
    let off = |days: &[PublishedDay]| days.iter().filter(|day| day.kind == DayKind::Holiday).count();
    for (year, days) in years.iter().filter(|(_, days)| off(days) < LEAST_HOLIDAYS) {
        let reason = format!("{year} has {} days off in the file: a year is taken whole", off(days));
        bad.push(BadRow::new(first.get(year).copied().unwrap_or(1), "date", "", reason));
    }
    for days in years.values_mut() {
        days.sort_by_key(|day| day.date);
    }
    years
}

fn day(cells: &mut Cells<'_>) -> Option<PublishedDay> {
    let kind = cells.choice("kind", "holiday, workday");
    let (name, source) = (cells.line("name", NAME_LIMIT), cells.line("source", NAME_LIMIT));
    let date = NaiveDate::parse_from_str(cells.get("date"), "%Y-%m-%d").ok();
    let Some(date) = date else {
        cells.refuse("date", "must be a day like 2026-03-01");
        return None;
    };
    if !YEARS.contains(&date.year()) {
        cells.refuse("date", "must be of the years 1995 to 2100");
        return None;
    }
    Some(PublishedDay { date, kind: kind?, name, source })
}

#[cfg(test)]
mod tests {
    use super::minute;

    #[test]
    fn a_time_of_day_has_one_form() {
        assert_eq!((minute("00:00"), minute("08:30"), minute("24:00")), (Some(0), Some(510), Some(1440)));
        for bad in ["8:30", "08:60", "24:01", "0830", "08:30:00", "+8:30", "", "：", "99:99"] {
            assert_eq!(minute(bad), None, "{bad}");
        }
    }
}
