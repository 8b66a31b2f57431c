//! Enums of the calendars slice.

use async_graphql::Enum;
use chrono::Weekday;

/// What a published day is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "fengqiao_domain::kernel::calendar::DayKind")]
pub enum CalendarDayKind {
    /// Off, whatever day of the week it is (放假).
    Holiday,
    /// Worked on, whatever day of the week it is (调休上班).
    Workday,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum WeekdayKind {
    /// 星期一.
    Monday,
    /// 星期二.
    Tuesday,
    /// 星期三.
    Wednesday,
    /// 星期四.
    Thursday,
    /// 星期五.
    Friday,
    /// 星期六.
    Saturday,
    /// 星期日.
    Sunday,
}

impl WeekdayKind {
    /// The week from Monday on.
    pub(super) const WEEK: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];
}

impl From<WeekdayKind> for Weekday {
    fn from(day: WeekdayKind) -> Self {
        match day {
            WeekdayKind::Monday => Self::Mon,
            WeekdayKind::Tuesday => Self::Tue,
            WeekdayKind::Wednesday => Self::Wed,
            WeekdayKind::Thursday => Self::Thu,
            WeekdayKind::Friday => Self::Fri,
            WeekdayKind::Saturday => Self::Sat,
            WeekdayKind::Sunday => Self::Sun,
        }
    }
}
