//! Let a case stand still (挂起): nobody works on it, and its time does not count, until it is resumed.

use crate::cases::command::{self, ReasonCase};
use crate::cases::model::Case;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Lets a case stand still. Needs `CASE_PAUSE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `PAUSED`, `TOO_LONG`, `REQUIRED`.
    pub async fn pause(&self, scope: &Scope, command: ReasonCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Pause, command.seen.case).await?;
        let reason = command::reason(&command.reason, "reason").map_err(mistake)?;
        match self.open(scope, CaseAct::Pause, command.seen).await? {
            Opened::Fresh(acting) => self.settle(acting, Outcome::said(Some(reason))).await,
            Opened::Replayed(case) => Ok(*case),
        }
    }
}
