//! Say where a district's clocks are and by which hours it works. Open cases are reckoned anew by the worker.

use crate::calendars::command::{self, UpdateCalendar};
use crate::calendars::error::CalendarError;
use crate::calendars::model::TenantCalendar;
use crate::calendars::service::{Answer, CalendarService, recorded};
use crate::calendars::store;
use crate::kernel::failure::Failure;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};

impl CalendarService {
    /// Changes the zone and the hours of the caller's district. Needs `CALENDAR_MANAGE`.
    ///
    /// # Errors
    /// `CONFLICT`, `INVALID_ZONE`, `INVALID_TIME`, `INVALID_SHIFTS`, `NO_WORKDAY`, `INVALID_PERIODS`, `TOO_MANY_PERIODS`.
    pub async fn update_calendar(&self, scope: &Scope, command: UpdateCalendar) -> Answer<TenantCalendar> {
        if !scope.permits(Permission::CalendarManage) {
            return Err(Failure::Denied);
        }
        let mistake = |problem| Failure::User(vec![problem]);
        let zone = command.zone.as_deref().map(command::zone).transpose().map_err(mistake)?;
        let periods = command.periods.as_deref().map(command::periods).transpose().map_err(mistake)?;
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(_) => {
                let reader = self.db.reader(scope);
                return Ok(store::present(&*reader.tx().await?).await?);
            }
        };
        let present = store::present(&tx).await?;
        let conflict = || {
            let error = CalendarError::Conflict { current_version: present.version };
            Failure::user("expectedVersion", error)
        };
        if present.version != command.expected_version && !mutant::active(Mutant::NoVersionCheck) {
            return Err(conflict());
        }
        let own = present.years.iter().filter(|(year, _)| present.own_years.contains(year));
        let next = TenantCalendar::new(
            zone.unwrap_or(present.zone),
            periods.unwrap_or_else(|| present.periods.clone()),
            own.map(|(year, days)| (*year, days.clone())).collect(),
            present.version + 1,
        );
        if !store::write(&tx, &next, present.version).await? {
            return Err(conflict());
        }
        recorded(&mut tx, "calendar.updated", &next, &[]);
        tx.commit(Done { id: scope.tenant().uuid(), version: next.version }).await?;
        Ok(next)
    }
}
