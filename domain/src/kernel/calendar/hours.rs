//! Limits of hours: what counts of a span, without what was paused.

use chrono::{Datelike as _, NaiveDate};

use crate::kernel::calendar::limit::{Counted, Deadline, LimitKind, MOST_DAYS};
use crate::kernel::calendar::work_calendar::next;
use crate::kernel::id::Timestamp;

/// A span of time, its end excluded.
type Span = (Timestamp, Timestamp);

/// When so many microseconds have counted.
pub(super) fn deadline(counted: &Counted<'_>, mut left: i64) -> Deadline {
    let calendar = counted.calendar;
    let (mut day, mut provisional) = (calendar.date(counted.start), false);
    for _ in 0..MOST_DAYS {
        provisional |= counted.kind != LimitKind::UrgentHour && !calendar.knows(day.year());
        for (from, until) in on(counted, day) {
            let length = until.micros() - from.micros();
            if left <= length {
                return Deadline { at: Some(Timestamp(from.micros() + left)), provisional };
            }
            left -= length;
        }
        if counted.stands_still_before(calendar.day(day).1) {
            break;
        }
        day = next(day);
    }
    Deadline { at: None, provisional }
}

/// Microseconds that count until an instant.
pub(super) fn consumed(counted: &Counted<'_>, now: Timestamp) -> i64 {
    let (mut day, last) = (counted.calendar.date(counted.start), counted.calendar.date(now));
    let mut sum = 0;
    while day <= last {
        sum += on(counted, day).into_iter().map(|(from, until)| length(from, until.min(now))).sum::<i64>();
        day = next(day);
    }
    sum
}

/// The spans that count on a day, in order.
fn on(counted: &Counted<'_>, day: NaiveDate) -> Vec<Span> {
    let spans: Vec<Span> = match counted.kind {
        LimitKind::WorkingHour => counted.calendar.hours(day).collect(),
        LimitKind::UrgentHour | LimitKind::WorkingDay | LimitKind::CalendarDay => {
            vec![counted.calendar.day(day)]
        }
    };
    let since = spans.into_iter().filter_map(|(from, until)| span(from.max(counted.start), until));
    let mut left: Vec<Span> = since.collect();
    for pause in counted.pauses {
        let resumed = pause.until.unwrap_or(Timestamp(i64::MAX));
        let without = |(from, until): Span| {
            [span(from, until.min(pause.from)), span(from.max(resumed), until)].into_iter().flatten()
        };
        left = left.into_iter().flat_map(without).collect();
    }
    left
}

fn length(from: Timestamp, until: Timestamp) -> i64 {
    (until.micros() - from.micros()).max(0)
}

fn span(from: Timestamp, until: Timestamp) -> Option<Span> {
    (from < until).then_some((from, until))
}
