//! Bring in the days off and make-up days of whole years: each year of the file as it stands there, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendars::command;
use crate::calendars::model::TenantCalendar;
use crate::calendars::service::{CalendarService, recorded};
use crate::calendars::store;
use crate::kernel::calendar::PublishedDay;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::kernel::sheet::{BadRow, ImportFailure, ImportReport, SheetFile};
use crate::store::{Begun, Done};

impl CalendarService {
    /// Brings in the years of a file in the caller's district: what it had of them goes, what ships of them counts no
    /// more. Open cases are reckoned anew by the worker. Needs `CALENDAR_MANAGE`.
    ///
    /// # Errors
    /// [`ImportFailure::Denied`], and [`ImportFailure::Rows`] with every row at fault; nothing is written then.
    pub async fn import_days(
        &self,
        scope: &Scope,
        file: impl Into<SheetFile>,
    ) -> Result<ImportReport, ImportFailure> {
        if !scope.permits(Permission::CalendarManage) {
            return Err(ImportFailure::Denied);
        }
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            // An import carries no key.
            Begun::Replay(_) => return Ok(ImportReport::default()),
        };
        let present = store::present(&tx).await?;
        let mut bad = vec![];
        let years = command::days(file.into(), present.calendar(), &mut bad);
        if years.is_empty() && bad.is_empty() {
            bad.push(BadRow::new(1, "date", "", "there is no day in the file"));
        }
        ImportFailure::unless_sound(bad)?;
        let report = report(&present, &years);
        let changed: Vec<i32> =
            years.keys().copied().filter(|year| differs(&present, &years, *year)).collect();
        if changed.is_empty() {
            return Ok(report);
        }
        let mut own: BTreeMap<i32, Vec<PublishedDay>> = present.years.clone();
        own.retain(|year, _| present.own_years.contains(year));
        own.extend(years.clone());
        let next = TenantCalendar::new(present.zone, present.periods.clone(), own, present.version + 1);
        if !store::write(&tx, &next, present.version).await? {
            // Somebody else changed it at the same instant: the file is to be brought in again.
            return Err(ImportFailure::Rows(vec![BadRow::new(
                1,
                "",
                "",
                "was changed meanwhile: import the file again",
            )]));
        }
        for year in &changed {
            let days = years.get(year).map_or(&[][..], Vec::as_slice);
            store::write_year(&tx, *year, days).await?;
        }
        recorded(&mut tx, "calendar.days_imported", &next, &changed);
        tx.commit(Done { id: scope.tenant().uuid(), version: next.version }).await?;
        Ok(report)
    }
}

/// Whether a year of the file is not what the tenant brought in before.
fn differs(present: &TenantCalendar, years: &BTreeMap<i32, Vec<PublishedDay>>, year: i32) -> bool {
    !present.own_years.contains(&year) || present.years.get(&year) != years.get(&year)
}

/// What the file does: day by day, against what counted before.
fn report(present: &TenantCalendar, years: &BTreeMap<i32, Vec<PublishedDay>>) -> ImportReport {
    let mut report = ImportReport::default();
    for (year, days) in years {
        let known = present.years.get(year).map_or(&[][..], Vec::as_slice);
        let dates: BTreeSet<_> = days.iter().map(|day| day.date).collect();
        for day in days {
            match known.iter().find(|known| known.date == day.date) {
                None => report.created += 1,
                Some(known) if known == day => report.unchanged += 1,
                Some(_) => report.changed += 1,
            }
        }
        // A day that the file leaves out is as its week has it from now on.
        report.changed += known.iter().filter(|day| !dates.contains(&day.date)).count();
    }
    report
}
