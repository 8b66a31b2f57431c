//! Use cases of the calendars slice, one per file.

mod import_days;
mod missing_years;
mod query;
mod update_calendar;

use serde_json::json;

use crate::calendars::error::CalendarError;
use crate::calendars::model::TenantCalendar;
use crate::kernel::event::EventDraft;
use crate::kernel::failure::Failure;
use crate::kernel::place::Visibility;
use crate::store::{Db, WriteTx};

/// What a use case of this slice answers.
type Answer<T> = Result<T, Failure<CalendarError>>;

/// Use cases of work calendars.
#[derive(Clone, Debug)]
pub struct CalendarService {
    db: Db,
}

impl CalendarService {
    /// The service over a store.
    #[must_use]
    pub const fn new(db: Db) -> Self {
        Self { db }
    }
}

/// Records that the calendar changed: an event for everyone and an audit row.
fn recorded(tx: &mut WriteTx, name: &'static str, calendar: &TenantCalendar, years: &[i32]) {
    let tenant = tx.scope().tenant();
    tx.record(EventDraft {
        aggregate: "calendar",
        aggregate_id: tenant.uuid(),
        version: calendar.version,
        name,
        payload: json!({ "version": calendar.version, "years": years }),
        before: None,
        after: Visibility::everyone(),
    });
    let detail = json!({ "version": calendar.version, "zone": calendar.zone.name(), "years": years });
    tx.audit(name, &tenant, detail);
}
