//! What one reader may do with a case and learns of its sealed parts. Nothing here asks the database.

use crate::calendars::TenantCalendar;
use crate::cases::actor::{self};
use crate::cases::clock::{self, CaseClock, StageClock};
use crate::cases::door::finds_the_door;
use crate::cases::model::Case;
use crate::cases::reporter::Reporter;
use crate::cases::service::{Answer, CaseService};
use crate::cases::store::seal::{self, Column};
use crate::identity::{masked_name, masked_phone};
use crate::kernel::permission::Permission;
use crate::kernel::place::Address;
use crate::kernel::scope::Scope;
use crate::programmes::{Programme, Relation, Verdict, available};

impl CaseService {
    /// The acts that the caller could carry out on a case now, by the programme that it follows: what the mutations
    /// themselves ask.
    #[must_use]
    pub fn viewer_actions(&self, scope: &Scope, case: &Case, programme: &Programme) -> Vec<Verdict> {
        let actor = actor::actor(scope, case, programme, self.db.now(), self.settings.bounds());
        available((case.state, &case.stage), &actor, programme)
    }

    /// How the time of a case stands by its district's calendar; none without a limit.
    #[must_use]
    pub fn clock(&self, case: &Case, calendar: &TenantCalendar) -> Option<CaseClock> {
        clock::clock(case, self.db.now(), &self.settings.by(calendar))
    }

    /// How the time of a case at the stage it is at stands; none where its programme gives the stage no limit.
    #[must_use]
    pub fn stage_clock(
        &self,
        case: &Case,
        programme: &Programme,
        calendar: &TenantCalendar,
    ) -> Option<StageClock> {
        clock::stage_clock(case, programme, self.db.now(), &self.settings.by(calendar))
    }

    /// What was reported.
    ///
    /// # Errors
    /// When the sealed text does not open.
    pub fn description(&self, scope: &Scope, case: &Case) -> Answer<String> {
        self.opened(scope, case, Column::Description, &case.sealed.description)
    }

    /// The address where it occurred: whole for whoever reported it, whoever it lies with or who assists, and whoever goes from door to door in
    /// its village.
    ///
    /// # Errors
    /// When the sealed text does not open.
    pub fn address(&self, scope: &Scope, case: &Case) -> Answer<Option<Address>> {
        let Some(sealed) = case.sealed.address.as_deref() else { return Ok(None) };
        if !finds_the_door(scope, case) {
            return Ok(Some(Address::ToVillage));
        }
        self.opened(scope, case, Column::Address, sealed).map(|address| Some(Address::Whole(address)))
    }

    /// What the caller learns of the reporter: everything masked, to the reporter and to those who hold
    /// `REPORTER_READ` over the case; of an anonymous reporter nothing, but to the reporter.
    ///
    /// # Errors
    /// When a sealed text does not open.
    pub fn reporter(&self, scope: &Scope, case: &Case) -> Answer<Reporter> {
        let actor = actor::somebody(scope, case);
        let allowed = [Relation::Assignee, Relation::Territory]
            .into_iter()
            .any(|relation| actor.may(relation, Permission::ReporterRead));
        if !actor.is(Relation::Reporter) && (case.anonymous || !allowed) {
            return Ok(Reporter::default());
        }
        let name = case.sealed.reporter_name.as_deref();
        let phone = case.sealed.reporter_phone.as_deref();
        let name = name.map(|sealed| self.opened(scope, case, Column::ReporterName, sealed)).transpose()?;
        let phone =
            phone.map(|sealed| self.opened(scope, case, Column::ReporterPhone, sealed)).transpose()?;
        Ok(Reporter {
            account: case.reporter_account,
            name: name.as_deref().map(masked_name),
            phone: phone.as_deref().map(masked_phone),
        })
    }

    fn opened(&self, scope: &Scope, case: &Case, column: Column, sealed: &[u8]) -> Answer<String> {
        Ok(seal::open(self.db.vault(), scope.tenant(), column, case.id.uuid(), sealed)?)
    }
}
