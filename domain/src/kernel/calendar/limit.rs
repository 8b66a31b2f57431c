//! A limit, and when it ends.

use std::ops::RangeInclusive;

use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::kernel::calendar::work_calendar::WorkCalendar;
use crate::kernel::calendar::{days, hours};
use crate::kernel::id::Timestamp;

const HOUR_MICROS: i64 = 3_600 * 1_000_000;
pub(super) const DAY_MICROS: i64 = 24 * HOUR_MICROS;
/// A limit that has not ended after so many days of counting never ends: it is of a calendar without workdays.
pub(super) const MOST_DAYS: usize = 200 * 366;

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, EnumString, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum LimitKind {
    /// Hours, day and night, holidays too (紧急工作时).
    UrgentHour,
    /// Hours at which the offices are open (工作时).
    WorkingHour,
    /// Days that are worked on, from the next one after the beginning (工作日).
    WorkingDay,
    /// Days, from the next one after the beginning; when the last one is off, the next that is worked on (自然日).
    CalendarDay,
}

impl LimitKind {
    /// The least and the greatest amount of a limit: ten years at most.
    #[must_use]
    pub const fn bounds(self) -> RangeInclusive<u32> {
        if self.counts_days() { 1..=3_650 } else { 1..=87_600 }
    }

    /// Whether it counts days.
    #[must_use]
    pub const fn counts_days(self) -> bool {
        matches!(self, Self::WorkingDay | Self::CalendarDay)
    }
}

/// The time something may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Hours or days, at least 1.
    pub amount: u32,
    /// What they are.
    pub kind: LimitKind,
}

/// A span in which a limit stood still, its end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// Since when.
    pub from: Timestamp,
    /// Until when; none while it lasts.
    pub until: Option<Timestamp>,
}

/// When a limit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The instant; none while the limit stands still.
    pub at: Option<Timestamp>,
    /// Whether a day counted whose year was not published: the deadline may still move.
    pub provisional: bool,
}

/// What is counted, and from when.
pub(super) struct Counted<'a> {
    pub(super) kind: LimitKind,
    pub(super) calendar: &'a WorkCalendar,
    pub(super) start: Timestamp,
    pub(super) pauses: &'a [Pause],
}

impl Counted<'_> {
    /// Whether it stands still to this day, since before an instant.
    pub(super) fn stands_still_before(&self, at: Timestamp) -> bool {
        self.pauses.last().is_some_and(|pause| pause.until.is_none() && pause.from < at)
    }
}

/// How a limit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, EnumIter, IntoStaticStr)]
pub enum Light {
    /// Enough is left.
    Green,
    /// Little is left.
    Yellow,
    /// It is over.
    Red,
}

impl Limit {
    /// The limit that two columns tell; none when they tell no limit.
    pub(crate) fn parsed(amount: i32, kind: &str) -> Option<Self> {
        Some(Self { amount: u32::try_from(amount).ok()?, kind: kind.parse().ok()? })
    }

    /// The two columns.
    pub(crate) fn columns(self) -> (i32, String) {
        (i32::try_from(self.amount).unwrap_or(i32::MAX), <&'static str>::from(self.kind).to_owned())
    }

    /// What the limit counts altogether, in microseconds of its kind; a day has 24 hours.
    #[must_use]
    pub const fn budget(self) -> i64 {
        (self.amount as i64) * if self.kind.counts_days() { DAY_MICROS } else { HOUR_MICROS }
    }

    /// Whether it can be extended by so many more of its hours or days: by some, and to no more than a limit can be.
    #[must_use]
    pub fn can_grow_by(self, more: u32) -> bool {
        more > 0 && self.kind.bounds().contains(&self.amount.saturating_add(more))
    }

    /// When a limit that began at `start` ends, with the pauses there were, in order and apart.
    #[must_use]
    pub fn deadline(self, start: Timestamp, pauses: &[Pause], calendar: &WorkCalendar) -> Deadline {
        let counted = Counted { kind: self.kind, calendar, start, pauses };
        if self.kind.counts_days() {
            days::deadline(&counted, self.amount)
        } else {
            hours::deadline(&counted, self.budget())
        }
    }

    /// When so many percent of the budget will have been used: from then on a limit is yellow that is yellow from so
    /// many. None while it stands still.
    #[must_use]
    pub fn used_at(
        self,
        percent: u8,
        start: Timestamp,
        pauses: &[Pause],
        calendar: &WorkCalendar,
    ) -> Option<Timestamp> {
        let counted = Counted { kind: self.kind, calendar, start, pauses };
        let part = (i128::from(self.budget()) * i128::from(percent) + 99) / 100;
        let part = i64::try_from(part).unwrap_or(i64::MAX);
        if self.kind.counts_days() {
            days::used_at(&counted, part)
        } else {
            hours::deadline(&counted, part).at
        }
    }

    /// What of the budget was used until `now`, in microseconds of the kind; more than the budget when it is over.
    #[must_use]
    pub fn consumed(
        self,
        start: Timestamp,
        pauses: &[Pause],
        now: Timestamp,
        calendar: &WorkCalendar,
    ) -> i64 {
        let counted = Counted { kind: self.kind, calendar, start, pauses };
        if self.kind.counts_days() { days::consumed(&counted, now) } else { hours::consumed(&counted, now) }
    }

    /// How it stands at `now`. It is yellow when `yellow_percent` of the budget were used.
    #[must_use]
    pub fn light(
        self,
        start: Timestamp,
        pauses: &[Pause],
        now: Timestamp,
        calendar: &WorkCalendar,
        yellow_percent: u8,
    ) -> Light {
        if self.deadline(start, pauses, calendar).at.is_some_and(|at| now > at) {
            return Light::Red;
        }
        let used = i128::from(self.consumed(start, pauses, now, calendar)) * 100;
        if used >= i128::from(self.budget()) * i128::from(yellow_percent) {
            Light::Yellow
        } else {
            Light::Green
        }
    }
}
