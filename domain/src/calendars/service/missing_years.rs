//! Which years' days off are wanting: what `doctor` warns of.

use chrono::{Datelike as _, Months};

use crate::calendars::directory;
use crate::calendars::service::{Answer, CalendarService};
use crate::kernel::id::Timestamp;
use crate::kernel::scope::Scope;
use crate::store::Reader;

/// How far ahead a year's days must be known: the State Council publishes a year's days in the last November before it.
const AHEAD: Months = Months::new(1);

impl CalendarService {
    /// The years that limits of these weeks depend on and that were not published for the caller's district: the present
    /// one, and from December on the next.
    ///
    /// # Errors
    /// As the database says.
    pub async fn missing_years(&self, _scope: &Scope, reader: &Reader, now: Timestamp) -> Answer<Vec<i32>> {
        let calendar = directory::calendar(&*reader.tx().await?).await?;
        let today = calendar.calendar().wall(now).date();
        let later = today.checked_add_months(AHEAD).unwrap_or(today);
        let mut years = vec![today.year(), later.year()];
        years.dedup();
        years.retain(|year| !calendar.calendar().knows(*year));
        Ok(years)
    }
}
