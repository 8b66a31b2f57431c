//! The legal clock's ground: which days and hours of a district count, and when a limit therefore ends. Pure.
//!
//! A limit is counted in one of four kinds ([`LimitKind`]). Hours are counted from the instant at which the limit
//! begins, days from the next day on, and a limit of days ends when the offices close on its last day: articles 201
//! and 203 of the Civil Code (民法典). Which days are worked on is what the State Council publishes for a year; where a
//! year is not published yet, only its weekends are known, and whatever depends on it is called provisional.

mod days;
mod hours;
mod limit;
mod published;
mod work_calendar;

pub use limit::{Deadline, Light, Limit, LimitKind, Pause};
pub use published::{DayKind, PublishedDay, mainland_china};
pub use work_calendar::{BadCalendar, Shift, WorkCalendar, WorkHours};

#[cfg(test)]
mod oracle_tests;
