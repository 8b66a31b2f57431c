//! How much of a span counts for a kind of limit.

use chrono::NaiveDate;

use crate::kernel::calendar::limit::{LimitKind, Pause};
use crate::kernel::calendar::work_calendar::{WorkCalendar, next};
use crate::kernel::id::Timestamp;

/// A span of time, its end excluded.
pub(super) type Span = (Timestamp, Timestamp);

/// What a kind counts, from where it begins to count, without what was paused.
pub(super) struct Measure<'a> {
    kind: LimitKind,
    calendar: &'a WorkCalendar,
    /// The first instant that can count.
    pub(super) origin: Timestamp,
    pauses: &'a [Pause],
}

impl<'a> Measure<'a> {
    /// `start` is when the limit begins: days count from the next day on.
    pub(super) fn new(
        kind: LimitKind,
        calendar: &'a WorkCalendar,
        start: Timestamp,
        pauses: &'a [Pause],
    ) -> Self {
        let origin = if kind.counts_days() { calendar.day(next(calendar.date(start))).0 } else { start };
        Self { kind, calendar, origin, pauses }
    }

    /// The spans that count on a day, in order.
    pub(super) fn on(&self, day: NaiveDate) -> Vec<Span> {
        let spans: Vec<Span> = match self.kind {
            LimitKind::WorkingHour => self.calendar.hours(day).collect(),
            LimitKind::WorkingDay if !self.calendar.is_workday(day) => vec![],
            LimitKind::UrgentHour | LimitKind::WorkingDay | LimitKind::CalendarDay => {
                vec![self.calendar.day(day)]
            }
        };
        let since = spans.into_iter().filter_map(|(from, until)| span(from.max(self.origin), until));
        let mut left: Vec<Span> = since.collect();
        for pause in self.pauses {
            left = left.into_iter().flat_map(|counted| without(counted, *pause)).collect();
        }
        left
    }

    /// Microseconds that count until an instant.
    pub(super) fn until(&self, at: Timestamp) -> i64 {
        let (mut day, last) = (self.calendar.date(self.origin), self.calendar.date(at));
        let mut sum = 0;
        while day <= last {
            sum += self.on(day).into_iter().map(|(from, until)| length(from, until.min(at))).sum::<i64>();
            day = next(day);
        }
        sum
    }
}

fn length(from: Timestamp, until: Timestamp) -> i64 {
    (until.micros() - from.micros()).max(0)
}

fn span(from: Timestamp, until: Timestamp) -> Option<Span> {
    (from < until).then_some((from, until))
}

/// What is left of a span when a pause is taken out of it.
fn without((from, until): Span, pause: Pause) -> impl Iterator<Item = Span> {
    let resumed = pause.until.unwrap_or(Timestamp(i64::MAX));
    [span(from, until.min(pause.from)), span(from.max(resumed), until)].into_iter().flatten()
}
