//! GraphQL of the calendars slice: by which days and hours a district works.

mod enums;
mod error;
mod mutation;
mod query;
mod types;

pub use error::CalendarUserError;
pub use mutation::CalendarMutation;
pub use query::CalendarQuery;
pub use types::calendar_of;
