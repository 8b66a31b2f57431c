//! Limits of days: whole days, from the next one after the beginning, each full when the offices close.
//!
//! A day on which a case stood still for any moment before the closing does not count, and is nobody's last day. What
//! stands still after the closing changes nothing of that day: who was late then stays late.

use chrono::{Datelike as _, NaiveDate};

use crate::kernel::calendar::limit::{Counted, DAY_MICROS, Deadline, LimitKind, MOST_DAYS};
use crate::kernel::calendar::work_calendar::next;
use crate::kernel::id::Timestamp;

/// The closing of the last of so many days; where that is off, of the next that is worked on.
pub(super) fn deadline(counted: &Counted<'_>, mut left: u32) -> Deadline {
    let calendar = counted.calendar;
    let (mut day, mut provisional) = (first(counted), false);
    for _ in 0..MOST_DAYS {
        provisional |= !calendar.knows(day.year());
        if counted.stands_still_before(calendar.closing(day)) {
            break;
        }
        if counts(counted, day) {
            left = left.saturating_sub(1);
        }
        if left == 0 && calendar.is_workday(day) && !stood_still(counted, day) {
            return Deadline { at: Some(calendar.closing(day)), provisional };
        }
        day = next(day);
    }
    Deadline { at: None, provisional }
}

/// What counts until an instant, in microseconds; a day has 24 hours, however long its offices are open.
pub(super) fn consumed(counted: &Counted<'_>, now: Timestamp) -> i64 {
    let calendar = counted.calendar;
    let (mut day, last) = (first(counted), calendar.date(now));
    let mut sum = 0;
    while day <= last {
        if counts(counted, day) {
            let (from, closing) = (calendar.day(day).0.micros(), calendar.closing(day).micros());
            let part = i128::from(now.micros().min(closing) - from) * i128::from(DAY_MICROS);
            sum += i64::try_from(part / i128::from((closing - from).max(1))).unwrap_or(DAY_MICROS);
        }
        day = next(day);
    }
    sum
}

/// When so much will have counted: the inverse of [`consumed`].
pub(super) fn used_at(counted: &Counted<'_>, mut left: i64) -> Option<Timestamp> {
    let calendar = counted.calendar;
    let mut day = first(counted);
    for _ in 0..MOST_DAYS {
        if counted.stands_still_before(calendar.closing(day)) {
            return None;
        }
        if counts(counted, day) {
            if left <= DAY_MICROS {
                let (from, closing) = (calendar.day(day).0.micros(), calendar.closing(day).micros());
                let whole = i128::from(DAY_MICROS);
                let part = (i128::from(left) * i128::from((closing - from).max(1)) + whole - 1) / whole;
                return Some(Timestamp(from + i64::try_from(part).unwrap_or_default()));
            }
            left -= DAY_MICROS;
        }
        day = next(day);
    }
    None
}

/// The day on which the limit begins does not count.
fn first(counted: &Counted<'_>) -> NaiveDate {
    next(counted.calendar.date(counted.start))
}

fn counts(counted: &Counted<'_>, day: NaiveDate) -> bool {
    let kind = counted.kind == LimitKind::CalendarDay || counted.calendar.is_workday(day);
    kind && !stood_still(counted, day)
}

fn stood_still(counted: &Counted<'_>, day: NaiveDate) -> bool {
    let (from, closing) = (counted.calendar.day(day).0, counted.calendar.closing(day));
    counted.pauses.iter().any(|pause| {
        pause.from < closing && pause.until.is_none_or(|until| until > from && until > pause.from)
    })
}
