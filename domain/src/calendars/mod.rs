//! The work calendar of a district (工作日历): its zone, its hours since each day on which other ones began, and the days
//! off and make-up days (节假日与调休) that were published for each year.
//!
//! A district without one of its own works by what ships with the product (`domain/calendars/mainland_china.csv`); a
//! year that it brings in takes the place of the shipped one. What is made of it is the kernel's
//! [`WorkCalendar`](crate::kernel::calendar::WorkCalendar), by which every deadline is reckoned.
//!
//! Invariants: hours that begin on a day change nothing before it; a year is taken whole.

mod command;
pub(crate) mod directory;
mod error;
mod model;
mod service;
mod store;

pub use command::{UpdateCalendar, WrittenHours, WrittenShift};
pub use error::{CalendarError, CalendarErrorCode};
pub use model::{HoursPeriod, TenantCalendar};
pub use service::CalendarService;
