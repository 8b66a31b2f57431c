//! Reading the calendar.

use std::sync::Arc;

use crate::calendars::directory;
use crate::calendars::model::TenantCalendar;
use crate::calendars::service::{Answer, CalendarService};
use crate::kernel::scope::Scope;
use crate::store::Reader;

impl CalendarService {
    /// The calendar by which the caller's district works.
    ///
    /// # Errors
    /// As the database says.
    pub async fn calendar(&self, _scope: &Scope, reader: &Reader) -> Answer<Arc<TenantCalendar>> {
        Ok(directory::calendar(&*reader.tx().await?).await?)
    }
}
