//! Use cases of the cases slice, one per file.

mod accept;
mod acting;
mod advance;
mod assist;
mod attaching;
mod change_category;
mod check_sample;
mod close;
mod co_handle;
mod comment;
mod complete;
mod dispatch;
mod draw_sample;
mod evaluate;
mod export_cases;
mod extend;
mod fire_rung;
mod giving;
mod hand_up;
mod inbox;
mod instruct;
mod ladder;
mod merge;
mod milestones;
mod pause;
mod pulse;
mod query;
mod reckon_anew;
mod refuse_extension;
mod reject;
mod reopen;
mod report;
mod request_extension;
mod resume;
mod return_to_giver;
mod return_visit;
mod routing;
mod samples;
mod seed_cases;
mod seed_ground;
mod send_back;
mod send_down;
mod similar;
mod simulate;
mod start;
mod step_back;
mod suggest;
mod supervise;
mod take_charge;
mod timeline;
mod transfer;
mod urge;
mod values;
mod verify;
mod view;
mod void;
mod withdraw;

use crate::calendars::TenantCalendar;
use crate::cases::actor::Bounds;
use crate::cases::clock::Reckoning;
use crate::cases::error::CaseError;
use crate::cases::store;
use crate::kernel::failure::{Failure, Problem};
use crate::kernel::id::CaseId;
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;
use crate::store::Db;

pub use inbox::InboxCounts;
pub use pulse::UnitPulse;

/// What a use case of this slice answers.
type Answer<T> = Result<T, Failure<CaseError>>;

/// What a district may set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseSettings {
    /// Hours after closing in which a case may be reopened.
    pub reopen_hours: u32,
    /// Percent of its time from which a case is yellow.
    pub yellow_percent: u8,
    /// How often a case may be extended.
    pub extensions: u32,
}

impl Default for CaseSettings {
    fn default() -> Self {
        Self { reopen_hours: 72, yellow_percent: 80, extensions: 1 }
    }
}

impl CaseSettings {
    /// By what limits are reckoned.
    fn by(self, calendar: &TenantCalendar) -> Reckoning<'_> {
        Reckoning {
            calendar: calendar.calendar(),
            fingerprint: calendar.fingerprint(),
            yellow_percent: self.yellow_percent,
        }
    }

    fn bounds(self) -> Bounds {
        Bounds { reopen_seconds: i64::from(self.reopen_hours) * 3_600, extensions: self.extensions }
    }
}

/// Use cases of cases.
#[derive(Clone, Debug)]
pub struct CaseService {
    db: Db,
    settings: CaseSettings,
}

impl CaseService {
    /// The service over a store.
    #[must_use]
    pub const fn new(db: Db, settings: CaseSettings) -> Self {
        Self { db, settings }
    }

    /// Whether the caller may do an act on a case at all: whoever sees the case is told that the act is not theirs, and
    /// whoever does not is told what anybody hears of a case that never existed (schema rules S5, S6).
    async fn permit_on(&self, scope: &Scope, act: CaseAct, case: CaseId) -> Answer<()> {
        if scope.permits(act.permission()) {
            return Ok(());
        }
        let reader = self.db.reader(scope);
        let seen = store::by_id(&*reader.tx().await?, case).await?;
        let error = if seen.is_some() { CaseError::NotPermitted } else { CaseError::NotFound };
        Err(Failure::user("caseId", error))
    }
}

/// One mistake as the failure of a use case.
fn mistake(problem: Problem<CaseError>) -> Failure<CaseError> {
    Failure::User(vec![problem])
}
