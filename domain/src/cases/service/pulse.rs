//! How a unit stands now (态势): the numbers on the wall of a command centre.

use strum::IntoEnumIterator as _;

use crate::calendars::directory;
use crate::cases::filter::CaseFilter;
use crate::cases::service::{Answer, CaseService};
use crate::kernel::id::{Timestamp, UnitId};
use crate::kernel::scope::Scope;
use crate::org::PlaceReference;
use crate::programmes::{CaseState, SupervisionLevel};
use crate::store::Reader;

/// Cases of a unit as far as the caller sees them, each number counted no further than the page limit of counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitPulse {
    /// When it was counted.
    pub at: Timestamp,
    /// Under way.
    pub open: u64,
    /// Of these, waiting for somebody to decide on them.
    pub waiting: u64,
    /// Of those under way, past their limit.
    pub overdue: u64,
    /// Of those under way, supervised.
    pub supervised: u64,
    /// Entered today, by the calendar of the district.
    pub opened_today: u64,
    /// Closed today, likewise.
    pub closed_today: u64,
}

impl CaseService {
    /// How a unit stands now.
    ///
    /// # Errors
    /// As the database says.
    pub async fn unit_pulse(&self, scope: &Scope, reader: &Reader, unit: UnitId) -> Answer<UnitPulse> {
        let (tx, now) = (reader.tx().await?, self.db.now());
        let calendar = directory::calendar(&tx).await?;
        let today = calendar.calendar().midnight(now);
        let open: Vec<CaseState> = CaseState::iter().filter(|state| state.is_open()).collect();
        let place = Some(PlaceReference::Unit(unit));
        let wanted = |filter: CaseFilter| CaseFilter { place, ..filter };
        let anything = CaseFilter::default;
        let waiting = CaseFilter { states: vec![CaseState::Reported], ..anything() };
        let overdue = CaseFilter { states: open.clone(), due_until: Some(now), ..anything() };
        let levels = SupervisionLevel::iter().collect();
        let supervised = CaseFilter { states: open.clone(), supervision: levels, ..anything() };
        let opened_today = CaseFilter { opened_from: Some(today), ..anything() };
        let closed_today = CaseFilter { closed_from: Some(today), ..anything() };
        let under_way = CaseFilter { states: open, ..anything() };
        Ok(UnitPulse {
            at: now,
            open: self.count_cases(scope, reader, &wanted(under_way)).await?,
            waiting: self.count_cases(scope, reader, &wanted(waiting)).await?,
            overdue: self.count_cases(scope, reader, &wanted(overdue)).await?,
            supervised: self.count_cases(scope, reader, &wanted(supervised)).await?,
            opened_today: self.count_cases(scope, reader, &wanted(opened_today)).await?,
            closed_today: self.count_cases(scope, reader, &wanted(closed_today)).await?,
        })
    }
}
