//! Tables of the calendars slice: the hours at which a district works, and the days that were published for it.

pub mod calendar_year;
pub mod work_calendar;
